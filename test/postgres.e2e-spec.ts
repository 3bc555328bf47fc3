import { PostgresServer, postgresPrograms } from '../proof/cluster/postgres-server';
import { TcpProxy } from '../proof/cluster/tcp-proxy';
import { readSettings } from '../src/settings/load-settings';
import { PostgresWriter } from '../src/storage/postgres/writer';
import { ChatClient } from './support/chat-client';
import { END_CONNECTIONS, execute, holdWrites, newDatabase, onPostgres, rowsOf, testFolder } from './support/database';
import { errorResponse, http } from './support/http';
import { startServer, type TestServer } from './support/server';
import { ServerProcess } from './support/server-process';
import { SteadyWriter } from './support/steady-writer';
import { describeWhere } from './support/suites';
import { until } from './support/until';

// A start waits up to 30 s for the database.
jest.setTimeout(90_000);

const range = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** Log lines about outages are expected. */
let silenced: jest.SpyInstance;
beforeEach(() => (silenced = jest.spyOn(process.stderr, 'write').mockReturnValue(true)));
afterEach(() => silenced.mockRestore());

/** Requests a route with a 4 s timeout, twice the promised 2 s. */
function request(server: { url: string }, path: string) {
  return http(`${server.url}${path}`, { signal: AbortSignal.timeout(4_000) });
}

/** Checks the stored messages: each acknowledged one once, no duplicates, no gaps, exact counters. */
async function checkStored(server: TestServer, database: string, writers: readonly SteadyWriter[]): Promise<void> {
  const stored = await rowsOf(database, 'SELECT id, username, client_id FROM messages ORDER BY id');
  expect(stored.map(({ id }) => id)).toEqual(range(stored.length));
  const named = stored.filter((row) => row.client_id !== null);
  expect(new Set(named.map((row) => row.client_id)).size).toBe(named.length);
  const idOf = new Map(named.map((row) => [row.client_id, row.id]));
  for (const writer of writers) {
    for (const [clientId, id] of writer.acknowledged) expect([clientId, idOf.get(clientId)]).toEqual([clientId, id]);
  }
  const [recount] = await rowsOf(
    database,
    `SELECT count(*) AS total_messages, count(DISTINCT username) AS total_users,
            round(avg(length(message)), 1) AS average_message_length FROM messages`,
  );
  expect((await request(server, '/api/messages/stats')).body).toMatchObject(recount!);
}

/** Checks that a reader connected from the beginning received every message once, in order. */
async function checkRead(reader: ChatClient, writer: ChatClient, database: string): Promise<void> {
  writer.sendV2Message('the-last', 'Ende', 'zuletzt');
  await writer.nextOf('ack');
  const [head] = await rowsOf(database, 'SELECT last_id FROM message_head');
  const ids: unknown[] = [];
  while (ids.at(-1) !== head!.last_id) ids.push((await reader.nextOf('chat_message')).id);
  expect(ids).toEqual(range(head!.last_id as number));
}

it('[G1] ten replicas started at once on an empty database become ready, and each migration runs once', async () => {
  const database = await newDatabase();
  const replicas = await Promise.all(Array.from({ length: 10 }, () => ServerProcess.start({ DATABASE_URL: database })));
  for (const replica of replicas) expect((await http(`${replica.url}/health/ready`)).status).toBe(200);
  const applied = await rowsOf(database, 'SELECT name FROM migrations');
  expect(new Set(applied.map(({ name }) => name)).size).toBe(applied.length);
  for (const replica of replicas) expect(await replica.stop()).toBe(0);
});

it('[G2] a newer schema is refused at the start, and a running replica stays ready', async () => {
  const server = await startServer();
  await execute(
    server.database,
    `INSERT INTO migrations (timestamp, name) VALUES (9e12, 'FromTheFuture9000000000000')`,
  );
  const late = ServerProcess.spawn({ DATABASE_URL: server.database });
  expect(await late.exited).toBe(1);
  await late.closed;
  expect(late.lines).toEqual([
    'chat-system cannot start: the database belongs to a newer version: this one does not know the migration FromTheFuture9000000000000',
  ]);
  expect((await request(server, '/health/ready')).status).toBe(200);
  await server.stop();
});

it('[G3] several replicas write at once: gap-free ids, and messages sent to several of them stored once', async () => {
  const database = await newDatabase();
  const writers = range(4).map(() => new PostgresWriter(readSettings({ DATABASE_URL: database })));
  await (await startServer({ DATABASE_URL: database })).stop();
  for (const writer of writers) await writer.start();
  const message = (clientId: string) => ({ username: 'max', message: 'x', createdAt: Date.now(), clientId });
  const receipts = new Map<string, Set<number>>();
  await Promise.all(
    writers.map(async (writer, w) => {
      for (let round = 0; round < 50; round++) {
        // Half of each batch is common to all replicas, the other half unique to one.
        const batch = range(20).map((i) => message(i <= 10 ? `all-${round}-${i}` : `${w}-${round}-${i}`));
        const { firstId, repeats } = await writer.append(batch);
        const known = new Map(repeats.map(({ index, id }) => [index, id]));
        let next = firstId;
        batch.forEach(({ clientId }, i) => {
          receipts.set(clientId, (receipts.get(clientId) ?? new Set()).add(known.get(i) ?? next++));
        });
      }
    }),
  );
  const stored = await rowsOf(database, 'SELECT id, client_id FROM messages ORDER BY id');
  expect(stored.map(({ id }) => id)).toEqual(range(50 * 10 + 4 * 50 * 10));
  for (const row of stored) expect([...receipts.get(row.client_id as string)!]).toEqual([row.id]);
  for (const writer of writers) await writer.stop();
});

describe('an outage', () => {
  let server: TestServer;
  let proxy: TcpProxy;
  let direct: string;
  let reader: ChatClient;
  let writers: SteadyWriter[];

  beforeEach(async () => {
    direct = await newDatabase();
    const target = new URL(direct);
    proxy = await TcpProxy.open({ host: target.hostname, port: Number(target.port || 5432) });
    server = await startServer({
      DATABASE_URL: String(Object.assign(target, { host: `127.0.0.1:${proxy.port}` })),
    });
    [reader] = await ChatClient.hello(server, { after: 0 });
    writers = await Promise.all(['a', 'b', 'c'].map((name) => SteadyWriter.open(server, name)));
    for (const writer of writers) await writer.further(20);
  });

  afterEach(async () => {
    await server.stop();
    await proxy.close();
  });

  async function checkAllIsWell(): Promise<void> {
    for (const writer of writers) await writer.further(20);
    for (const writer of writers) await writer.stop();
    await until(async () => (await request(server, '/health/ready')).status === 200);
    expect((await request(server, '/status')).status).toBe(200);
    const [last] = await ChatClient.hello(server);
    await checkRead(reader, last, direct);
    await checkStored(server, direct, writers);
  }

  it('[G4] connections killed repeatedly under load: messages in flight are refused, the service recovers', async () => {
    for (let round = 0; round < 10; round++) {
      await execute(direct, END_CONNECTIONS);
      await request(server, '/api/messages/recent');
      await writers[round % 3]!.further(3);
    }
    for (const { refusals } of writers) {
      for (const refusal of refusals) expect(refusal.code).toBe('SERVICE_UNAVAILABLE');
    }
    await checkAllIsWell();
  });

  it('[G4] all connections cut on the network under load: the service recovers', async () => {
    for (let round = 0; round < 10; round++) {
      proxy.cut();
      await writers[round % 3]!.further(3);
    }
    await checkAllIsWell();
  });

  it('[G6] a frozen network: every request is answered within 2 s, and late messages are stored once', async () => {
    proxy.freeze();
    await Promise.all(writers.map((writer) => writer.refused()));
    const [status, ready, live, list] = await Promise.all(
      ['/status', '/health/ready', '/health/live', '/api/messages'].map((path) => request(server, path)),
    );
    expect(status).toMatchObject({
      status: 503,
      body: { status: 'unhealthy', database: { message_count: null, status: 'disconnected' } },
    });
    expect(ready).toMatchObject({ status: 503, body: { error: { database: { message: 'does not answer' } } } });
    expect(live!.status).toBe(200);
    expect(list).toMatchObject({ status: 503, body: errorResponse('SERVICE_UNAVAILABLE') });
    await Promise.all(writers.map((writer) => writer.refused()));
    proxy.resume();
    await checkAllIsWell();
  });

  it('[G9] a frozen network: new connections are tried one at a time, however many requests come', async () => {
    for (const writer of writers) await writer.stop();
    proxy.freeze();
    await until(async () => (await request(server, '/health/ready')).status === 503);
    const [before, begun] = [proxy.accepted, performance.now()];
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(range(20).map(() => request(server, '/api/messages/recent')));
      for (const { status } of answers) expect(status).toBe(503);
    }
    // An attempt is given up after 900 ms; the bus makes its own.
    expect(proxy.accepted - before).toBeLessThanOrEqual(2 * (1 + (performance.now() - begun) / 900));
    proxy.resume();
    await until(async () => (await request(server, '/health/ready')).status === 200);
    writers = [await SteadyWriter.open(server, 'd')];
    await checkAllIsWell();
  });

  it('[G6] a network that freezes without writes in progress is detected by reads and probes', async () => {
    for (const writer of writers) await writer.stop();
    proxy.freeze();
    expect((await request(server, '/health/ready')).status).toBe(503);
    expect((await request(server, '/api/messages/stats')).status).toBe(503);
    proxy.resume();
    await until(async () => (await request(server, '/health/ready')).status === 200);
    writers = [await SteadyWriter.open(server, 'd')];
    await checkAllIsWell();
  });
});

describeWhere(postgresPrograms !== undefined, 'PostgreSQL programs (initdb, pg_ctl)')(
  'a server that stops and starts',
  () => {
    let postgres: PostgresServer;
    beforeEach(async () => (postgres = await PostgresServer.prepare(testFolder())));
    afterEach(() => postgres.stop('immediate').catch(() => undefined));

    it.each(['fast', 'immediate'] as const)(
      '[G5] stopped (%s) under load: refusals and failing probes, then the service recovers',
      async (mode) => {
        await postgres.start();
        const server = await startServer({ DATABASE_URL: postgres.url });
        const [reader] = await ChatClient.hello(server, { after: 0 });
        const writers = await Promise.all(['a', 'b'].map((name) => SteadyWriter.open(server, name)));
        for (const writer of writers) await writer.further(20);
        await postgres.stop(mode);
        await Promise.all(writers.map((writer) => writer.refused()));
        const ready = await request(server, '/health/ready');
        expect(ready).toMatchObject({
          status: 503,
          body: { error: { database: { status: 'down' }, message_log: { status: 'down' } } },
        });
        expect((await request(server, '/health/live')).status).toBe(200);
        expect((await request(server, '/api/messages')).status).toBe(503);
        expect((await request(server, '/status')).status).toBe(503);
        await postgres.start();
        for (const writer of writers) await writer.further(20);
        for (const writer of writers) await writer.stop();
        await until(async () => (await request(server, '/health/ready')).status === 200);
        const [last] = await ChatClient.hello(server);
        await checkRead(reader, last, postgres.url);
        await checkStored(server, postgres.url, writers);
        await server.stop();
      },
    );

    it('[G7] a start waits for a server that is not running yet', async () => {
      const replica = ServerProcess.spawn({ DATABASE_URL: postgres.url.replace('postgres@', 'postgres:geheim@') });
      await replica.line(/waiting up to 30 s for the database: nothing answers at this address/);
      await postgres.start();
      await replica.line(/ready at/);
      expect(await replica.stop()).toBe(0);
      expect(replica.lines.join('\n')).not.toContain('geheim');
    });
  },
);

it('[G7] an unusable database ends the start with one line without the password and a non-zero code', async () => {
  const url = new URL(await newDatabase());
  const wrong = String(Object.assign(url, { pathname: '/there_is_none', password: 'geheim' }));
  const replica = ServerProcess.spawn({ DATABASE_URL: wrong });
  expect(await replica.exited).toBe(1);
  await replica.closed;
  expect(replica.lines).toEqual([
    expect.stringMatching(
      /^chat-system cannot start: cannot use the database postgres:\/\/postgres@[^:@]+:\d+\/there_is_none: there is no such database \(3D000\)$/,
    ),
  ]);
});

describe('a database that lost messages', () => {
  const COUNT = 10;
  let database: string;
  let server: ServerProcess;
  let writer: ChatClient;
  beforeEach(async () => {
    database = await newDatabase();
    server = await ServerProcess.start({ DATABASE_URL: database });
    [writer] = await ChatClient.hello(server, { username: 'max' });
    for (let i = 1; i <= COUNT; i++) {
      writer.sendV2Message(String(i), String(i));
      await writer.nextOf('ack');
    }
  });

  const loseAfter = (id: number) =>
    `DELETE FROM messages WHERE id > ${id}; UPDATE message_head SET last_id = ${id} WHERE id = 1;`;

  async function checkEnd(cause: string): Promise<void> {
    await server.line(new RegExp(`"level":"fatal".*the database lost messages: ${cause}, but message ${COUNT} was`));
    expect(await server.exited).toBe(1);
  }

  it('[G8] ends an idle replica, which continues with the remaining messages after a restart', async () => {
    await execute(database, loseAfter(COUNT - 5));
    await checkEnd('the newest message in the database is 5');
    server = await ServerProcess.start({ DATABASE_URL: database });
    const [reader] = await ChatClient.hello(server, { username: 'max', after: COUNT });
    reader.sendV2Message('new', 'neu');
    expect(await reader.nextOf('chat_message')).toMatchObject({ id: 6, message: 'neu' });
  });

  it('[G8] ends a replica that is assigned an id again, before the message is delivered', async () => {
    await onPostgres(database, async (client) => {
      await client.query('BEGIN; SELECT * FROM message_head FOR UPDATE');
      writer.sendV2Message('new', 'neu');
      // The append waits for the row: nothing can come between it and the loss.
      await until(async () => {
        const { rowCount } = await client.query(
          "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return rowCount === 1;
      });
      await client.query(`${loseAfter(COUNT - 1)} COMMIT`);
    });
    await checkEnd('the database has assigned the id 10 again');
  });
});

it('[G7] a start waits while the database accepts no writes', async () => {
  const database = await newDatabase();
  await (await startServer({ DATABASE_URL: database })).stop();
  const release = await holdWrites(database);
  const server = ServerProcess.spawn({ DATABASE_URL: database });
  await server.line(/waiting up to 30 s for the database: it takes too long/);
  await release();
  await server.listening();
  expect(await server.stop()).toBe(0);
});

/** Appends an administrator's termination to `ReadyForQuery`, the end of the start-up phase of a connection. */
function endWhenReady(bytes: Buffer): Buffer {
  if (!bytes.includes(Buffer.from([0x5a, 0, 0, 0, 5, 0x49]))) return bytes;
  return Buffer.concat([bytes, fatal('57P01', 'terminating connection due to administrator command')]);
}

/** PostgreSQL's `ErrorResponse` that ends a connection. */
function fatal(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  return Buffer.concat([Buffer.from([0x45, 0, 0, 0, 4 + fields.length]), fields]);
}

it('[G4] connections terminated as soon as they are ready do not end the server', async () => {
  const url = new URL(await newDatabase());
  const proxy = await TcpProxy.open({ host: url.hostname, port: Number(url.port || 5432) });
  try {
    url.host = `127.0.0.1:${proxy.port}`;
    const server = await ServerProcess.start({ DATABASE_URL: url.href });
    proxy.alter = endWhenReady;
    proxy.cut();
    for (let i = 0; i < 10; i++) expect((await request(server, '/api/messages/recent')).status).toBe(503);
    proxy.alter = undefined;
    await until(async () => (await request(server, '/api/messages/recent')).status === 200);
    expect(await server.stop()).toBe(0);
  } finally {
    await proxy.close();
  }
});

const STARTING = fatal('57P03', 'the database system is starting up');

it.each([
  ['refused', () => STARTING],
  ['terminated as soon as it is ready', endWhenReady],
])('[G7] a start survives any one of its connections being %s', async (_fate, meet) => {
  const url = new URL(await newDatabase());
  const proxy = await TcpProxy.open({ host: url.hostname, port: Number(url.port || 5432) });
  url.host = `127.0.0.1:${proxy.port}`;
  // Arrives once per connection, in one chunk with everything up to `ReadyForQuery`.
  const authenticationOk = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);
  let which = 0;
  let opened = 0;
  try {
    do {
      which++;
      opened = 0;
      proxy.alter = (bytes) => (bytes.includes(authenticationOk) && ++opened === which ? meet(bytes) : bytes);
      const server = await ServerProcess.start({ DATABASE_URL: url.href });
      await until(async () => (await request(server, '/health/ready')).status === 200);
      expect(await server.stop()).toBe(0);
    } while (opened >= which);
  } finally {
    await proxy.close();
  }
});
