import { readSettings } from '../src/config/load-settings';
import { createDataSource, databaseOptions } from '../src/database/database.options';
import { isPostgres, newDatabase, rowsOf } from './support/database';

it('[A4] migrations make what the entities describe, and can be taken back', async () => {
  const database = await newDatabase();
  // As the TypeORM command line does it.
  const dataSource = await createDataSource(databaseOptions(readSettings({ DATABASE_URL: database }))).initialize();
  const run = await dataSource.runMigrations();
  expect(run.length).toBeGreaterThan(0);
  const drift = await dataSource.driver.createSchemaBuilder().log();
  expect(drift.upQueries.map(({ query }) => query)).toEqual([]);
  for (let i = 0; i < run.length; i++) await dataSource.undoLastMigration();
  await dataSource.destroy();
  const names = isPostgres
    ? "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
    : "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence'";
  expect(await rowsOf(database, names)).toEqual([{ name: 'migrations' }]);
});
