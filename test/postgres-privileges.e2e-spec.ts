import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute, newDatabase, testFolder } from './support/database';
import { startServer } from './support/server';
import { ServerProcess } from './support/server-process';

/** The only line of a server that refuses to start. */
async function refusal(url: string): Promise<string> {
  const server = ServerProcess.spawn({ DATABASE_URL: url });
  expect(await server.exited).toBe(1);
  await server.closed;
  expect(server.lines).toHaveLength(1);
  return server.lines[0]!;
}

describe('a user without privileges', () => {
  const user = `chat_${randomBytes(6).toString('hex')}`;
  let database: string;
  let url: string;

  beforeEach(async () => {
    database = await newDatabase();
    await execute(database, `CREATE ROLE ${user} LOGIN PASSWORD 'geheim'`);
    url = String(Object.assign(new URL(database), { username: user, password: 'geheim' }));
  });
  afterEach(() => execute(database, `DROP OWNED BY ${user}; DROP ROLE ${user}`));

  it('[L14] is refused when the tables belong to another user', async () => {
    await (await startServer({ DATABASE_URL: database })).stop();
    await execute(database, `GRANT USAGE, CREATE ON SCHEMA public TO ${user}`);
    expect(await refusal(url)).toMatch(
      new RegExp(
        `^chat-system cannot start: the database denies access: the user "${user}" may not read and write the table ` +
          `"[a-z_]+", which belongs to "\\w+"$`,
      ),
    );
  });

  it('[L14] is refused when privileges on a single table are missing', async () => {
    await (await startServer({ DATABASE_URL: database })).stop();
    await execute(
      database,
      `GRANT USAGE ON SCHEMA public TO ${user}; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${user}`,
    );
    await execute(database, `REVOKE UPDATE ON stats_users FROM ${user}`);
    expect(await refusal(url)).toContain('may not read and write the table "stats_users"');
  });

  it('[L14] starts with all privileges on tables of another user', async () => {
    await (await startServer({ DATABASE_URL: database })).stop();
    await execute(
      database,
      `GRANT USAGE ON SCHEMA public TO ${user}; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${user}`,
    );
    const server = await ServerProcess.start({ DATABASE_URL: url });
    expect(await server.stop()).toBe(0);
  });

  it('[L14] is refused without the right to create tables', async () => {
    await execute(database, `REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO ${user}`);
    expect(await refusal(url)).toMatch(/ may not make tables in the schema "public"; grant CREATE on it$/);
  });

  it('[L14] is refused without a usable schema', async () => {
    await execute(database, 'REVOKE ALL ON SCHEMA public FROM PUBLIC');
    expect(await refusal(url)).toMatch(/ may use no schema of its search_path; grant USAGE and CREATE on one$/);
  });

  it('[L14] is refused without the right to create temporary tables', async () => {
    const name = new URL(database).pathname.slice(1);
    await execute(
      database,
      `GRANT USAGE, CREATE ON SCHEMA public TO ${user}; REVOKE TEMPORARY ON DATABASE ${name} FROM PUBLIC`,
    );
    expect(await refusal(url)).toContain(`may not make temporary objects; grant TEMPORARY on the database "${name}"`);
  });
});

describe.each(['sslrootcert', 'sslcert', 'sslkey'])('the parameter %s', (name) => {
  it('[L14] with a missing file ends the start at once', async () => {
    const database = await newDatabase();
    const line = await refusal(`${database}?${name}=/there/is/none.pem`);
    expect(line).toMatch(
      new RegExp(
        `^chat-system cannot start: cannot use the database [^ ]+: the file of its parameter ${name}, /there/is/none.pem: it is not there$`,
      ),
    );
    expect(await refusal(`${database}?${name}=${testFolder()}`)).toContain('it is a folder');
  });

  it('[L14] with an unsuitable file ends the start at once', async () => {
    const file = join(testFolder(), 'rubbish.pem');
    writeFileSync(file, 'rubbish');
    expect(await refusal(`${await newDatabase()}?${name}=${file}`)).toMatch(/^chat-system cannot start: /);
  });
});
