import type { DataSource } from 'typeorm';
import { StartupError } from '../common/startup-error';

/**
 * Applies the migrations that are missing.
 * @throws StartupError when a newer version of the program has been here: what it changed, this one does not know
 */
export async function migrate(dataSource: DataSource): Promise<void> {
  const unknown = (await appliedMigrations(dataSource)).filter((name) => !knownMigrations(dataSource).includes(name));
  if (unknown.length > 0) {
    throw new StartupError(
      `the database belongs to a newer version: this one does not know the migration ${unknown.join(', ')}`,
    );
  }
  await dataSource.runMigrations();
}

/** Whether something is missing. Newer migrations than this program's do not matter: they keep what it needs. */
export async function isMigrationPending(dataSource: DataSource): Promise<boolean> {
  const rows: { name: string }[] = await dataSource.query('SELECT name FROM migrations');
  const applied = rows.map(({ name }) => name);
  return knownMigrations(dataSource).some((name) => !applied.includes(name));
}

async function appliedMigrations(dataSource: DataSource): Promise<string[]> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    if (!(await queryRunner.hasTable('migrations'))) return [];
    const rows = (await queryRunner.query('SELECT name FROM migrations ORDER BY id')) as { name: string }[];
    return rows.map(({ name }) => name);
  } finally {
    await queryRunner.release();
  }
}

function knownMigrations(dataSource: DataSource): string[] {
  return dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
}
