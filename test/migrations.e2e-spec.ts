import { readSettings } from '../src/settings/load-settings';
import { createStorage } from '../src/storage/create-storage';
import { MessageHead } from '../src/storage/entities/message.entity';
import {
  connectAsStranger,
  execute,
  isPostgres,
  makeStranger,
  newDatabase,
  rowsOf,
  STRANGER,
} from './support/database';

it('[A4] migrations create the schema of the entities, and can be reverted', async () => {
  const database = await newDatabase();
  // Like the TypeORM command line.
  const dataSource = await createStorage(readSettings({ DATABASE_URL: database }))
    .createDataSource()
    .initialize();
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

it('[A4] the last id survives a migration and its reversal', async () => {
  const database = await newDatabase();
  const dataSource = await createStorage(readSettings({ DATABASE_URL: database }))
    .createDataSource()
    .initialize();
  // Through the entity, which the schema comparison skips: a view on SQLite, a table on PostgreSQL.
  const lastId = () => dataSource.getRepository(MessageHead).find();
  const run = await dataSource.runMigrations();
  expect(await lastId()).toEqual([{ id: 1, lastId: 0 }]);
  await execute(
    database,
    `INSERT INTO messages (id, username, message, created_at) VALUES (1, 'max', 'eins', 0), (2, 'max', 'zwei', 0)`,
  );
  if (isPostgres) await execute(database, 'UPDATE message_head SET last_id = 2');
  const states = [await lastId()];
  // Reverts past the migration that turned it into a view.
  const back = run.length - run.findIndex(({ name }) => name.startsWith('HeadIsNewestMessage'));
  for (let i = 0; i < back; i++) await dataSource.undoLastMigration();
  states.push(await lastId());
  await dataSource.runMigrations();
  states.push(await lastId());
  await dataSource.destroy();
  expect(states).toEqual(Array(3).fill([{ id: 1, lastId: 2 }]));
});

if (isPostgres) {
  it('[B8] the signing secret is readable only by the owner of the tables, even if others can read the rest', async () => {
    const database = await newDatabase();
    await makeStranger();
    await execute(
      database,
      `GRANT USAGE ON SCHEMA public TO PUBLIC;
       ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${STRANGER};
       ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC`,
    );
    const dataSource = await createStorage(readSettings({ DATABASE_URL: database }))
      .createDataSource()
      .initialize();
    const run = await dataSource.runMigrations();
    const secrets = [await rowsOf(database, 'SELECT secret FROM cluster_secret')];
    const stranger = await connectAsStranger(database);
    await stranger.query('SELECT * FROM messages');
    await expect(stranger.query('SELECT * FROM cluster_secret')).rejects.toThrow('permission denied');
    await expect(stranger.query('DELETE FROM cluster_secret')).rejects.toThrow('permission denied');
    await stranger.end();
    const back = run.length - run.findIndex(({ name }) => name.startsWith('AddClusterSecret'));
    for (let i = 0; i < back; i++) await dataSource.undoLastMigration();
    await dataSource.runMigrations();
    secrets.push(await rowsOf(database, 'SELECT secret FROM cluster_secret'));
    await dataSource.destroy();
    for (const rows of secrets) expect(rows).toEqual([{ secret: expect.stringMatching(/^[-0-9a-f]{72}$/) }]);
    expect(secrets[0]).not.toEqual(secrets[1]);
  });
}
