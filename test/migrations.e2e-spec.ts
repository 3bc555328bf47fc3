import Database from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { readSettings } from '../src/config/load-settings';
import { databaseOptions } from '../src/database/database.options';
import { testFolder } from './support/server';

it('[A4] migrations make what the entities describe, and can be taken back', async () => {
  const path = `${testFolder()}/chat.sqlite`;
  const dataSource = await new DataSource(
    databaseOptions(readSettings({ DATABASE_URL: `sqlite:${path}` })),
  ).initialize();
  const run = await dataSource.runMigrations();
  expect(run.length).toBeGreaterThan(0);
  const drift = await dataSource.driver.createSchemaBuilder().log();
  expect(drift.upQueries.map(({ query }) => query)).toEqual([]);
  for (let i = 0; i < run.length; i++) await dataSource.undoLastMigration();
  await dataSource.destroy();
  const database = new Database(path, { readonly: true });
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
  database.close();
  expect(tables).toEqual(['migrations', 'sqlite_sequence']);
});
