import type { DataSource } from 'typeorm';
import { StartupError } from '../platform/errors/startup-error';

/**
 * Applies the pending migrations.
 * @throws StartupError when a newer version of the program has migrated the database
 */
export async function migrate(dataSource: DataSource): Promise<void> {
  refuseUnknown(dataSource, await appliedMigrations(dataSource));
  await dataSource.runMigrations();
}

/**
 * Checks the schema without changing it.
 * @throws StartupError unless exactly the migrations of this version are applied
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

/** Whether a migration of this version is missing. Newer ones are compatible with a running older version. */
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
