import type { DataSource } from 'typeorm';
import { StartupError } from '../platform/errors/startup-error';

/**
 * Applies the migrations that are missing.
 * @throws StartupError when a newer version of the program has been here: what it changed, this one does not know
 */
export async function migrate(dataSource: DataSource): Promise<void> {
  refuseUnknown(dataSource, await appliedMigrations(dataSource));
  await dataSource.runMigrations();
}

/**
 * For who must not migrate, only read.
 * @throws StartupError unless all migrations of this program and no others are applied
 */
export async function refuseOtherSchemas(dataSource: DataSource): Promise<void> {
  const applied = await appliedMigrations(dataSource);
  refuseUnknown(dataSource, applied);
  if (applied.length === 0) throw new StartupError('the database is empty, or belongs to another program');
  const pending = knownMigrations(dataSource).filter((name) => !applied.includes(name));
  if (pending.length > 0) {
    throw new StartupError(
      `the database belongs to an older version: start this version on it once; it lacks the migration ${pending.join(', ')}`,
    );
  }
}

/** Whether something is missing. Newer migrations than this program's do not matter: they keep what it needs. */
export async function isMigrationPending(dataSource: DataSource): Promise<boolean> {
  const rows: { name: string }[] = await dataSource.query('SELECT name FROM migrations');
  const applied = rows.map(({ name }) => name);
  return knownMigrations(dataSource).some((name) => !applied.includes(name));
}

function refuseUnknown(dataSource: DataSource, applied: readonly string[]): void {
  const unknown = applied.filter((name) => !knownMigrations(dataSource).includes(name));
  if (unknown.length === 0) return;
  throw new StartupError(
    `the database belongs to a newer version: this one does not know the migration ${unknown.join(', ')}`,
  );
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
