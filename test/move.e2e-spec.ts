import { existsSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { Settings } from '../src/settings/settings';
import { createStorage } from '../src/storage/create-storage';
import { AppendTransaction } from '../src/storage/sqlite/append';
import { ChatClient } from './support/chat-client';
import { execute, holdWrites, newDatabase, rowsOf, testFolder } from './support/database';
import { http } from './support/http';
import { type MoveEnd, runMove, runMoveWith } from './support/move-process';
import { startServer } from './support/server';
import { ServerProcess } from './support/server-process';
import { until } from './support/until';

// Each move is a separate process, and some tests run several.
jest.setTimeout(60_000);

const EVERYTHING = 'SELECT * FROM messages ORDER BY id';
const ACCOMPANYING = {
  authors: 'id',
  owned_names: 'username',
  author_keys: 'author_id, client_id',
  changes: 'id',
  chat_epoch: 'id',
  sanctions: 'kind, username',
  moderation_log: 'id',
};
/** Messages on twenty pages: a move can be stopped after every 5 %. */
const MANY = 20_000;

/** Texts at risk from column types, encodings and quoting. */
const AWKWARD = [
  ['Zoë 😀', 'gleich', '👩‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿 é e\u0301 \u202e RTL \u200d'],
  ['O’Brien\\"\'', 'gleich', '\t\n\r\u0001\u001b[31m \\ " \' ; -- $1 ? %s \\u0000 {} \u2028'],
  ['max', 'gleich', '😀'.repeat(4000)],
  ['MAX', 'gleich', '  Leerzeichen am Rand  '],
  ['max', 'noch-eine', 'null'],
] as const;

/** A SQLite file filled by a server. */
async function chatFile(): Promise<string> {
  const database = newFile();
  const server = await startServer({ DATABASE_URL: database });
  const [reader] = await ChatClient.hello(server);
  for (const [username, clientId, message] of AWKWARD) reader.sendV2Message(clientId, message, username);
  for (let i = 0; i < AWKWARD.length; i++) await reader.nextOf('ack');
  const plain = await ChatClient.open(server);
  // A tie for the most active user, without idempotency keys.
  for (const name of ['berta', 'anton', 'berta', 'anton']) plain.sendMessage(name, 'unentschieden');
  for (let i = 0; i < 4; i++) await plain.nextOf('chat_message');
  await server.stop();
  // A message stored by an older version, and one whose text was changed since.
  await execute(database, `UPDATE messages SET client_hash = NULL WHERE client_id = 'noch-eine'`);
  await execute(database, `UPDATE messages SET message = replace(message, '😀', '🫥') WHERE id = 3`);
  await execute(
    database,
    `INSERT INTO authors (id, issuer, subject, created_at) VALUES (7, 'https://issuer', 'Zoë "\\', 5), (9, 'https://issuer', 'b', 6);
     INSERT INTO owned_names (username, author_id, skeleton) VALUES ('max', 7, 'rnax'), ('Zoë 😀', 9, 'Zoë 😀');
     INSERT INTO author_keys (author_id, client_id, message_id, change_id) VALUES (7, 'a', 6, NULL), (7, 'b', 6, 1), (9, 'a', 9, NULL);
     INSERT INTO changes (id, message_id, created_at) VALUES (1, 6, 10), (2, 6, 11), (3, 8, 12);
     INSERT INTO sanctions (kind, username, author_id, until, reason, moderator, created_at)
       VALUES ('ban', 'max', 7, NULL, 'laut', 'mod', 1), ('mute', 'eva', NULL, 99, NULL, 'mod', 2);
     INSERT INTO moderation_log (id, created_at, moderator, action, username, message_id, until, reason)
       VALUES (1, 1, 'mod', 'ban', 'max', NULL, NULL, 'laut'), (4, 2, 'mod', 'delete', 'max', 8, NULL, NULL);
     UPDATE messages SET author_id = 7, change_id = 2, edited_at = 11 WHERE id = 6;
     UPDATE messages SET change_id = 3, deleted_at = 12, deleted_by = 'mod' WHERE id = 8;`,
  );
  return database;
}

/** The rows of all tables except the messages. */
function accompanying(database: string): Promise<unknown> {
  const tables = Object.entries(ACCOMPANYING);
  return Promise.all(tables.map(([table, key]) => rowsOf(database, `SELECT * FROM ${table} ORDER BY ${key}`)));
}

/** A SQLite file with messages by many users over several days, several per timestamp. */
async function largeFile(count = MANY): Promise<string> {
  const url = newFile();
  const storage = createStorage({ ...new Settings(), DATABASE_URL: url });
  await (await storage.openWritable()).destroy();
  storage.release();
  const database = new Database(pathOf(url));
  const batch = Array.from({ length: count }, (_, i) => ({
    username: `user-${i % 97}`,
    message: `Nachricht ${i} 😀`,
    createdAt: 1_700_000_000_000 + Math.floor(i / 3) * 40_000,
    ...(i % 2 ? { clientId: `c-${i}` } : {}),
  }));
  new AppendTransaction(database).append(batch);
  database.close();
  return url;
}

function newFile(): string {
  return `sqlite:${testFolder()}/chat.sqlite`;
}

function pathOf(url: string): string {
  return url.slice('sqlite:'.length);
}

/** Answers of a server on the database. */
async function answersOn(database: string): Promise<unknown> {
  const server = await startServer({ DATABASE_URL: database });
  const paths = ['?limit=1000', '/recent', '/stats', ...['max', 'anton', 'user-7'].map((name) => `/user/${name}`)];
  const answers = await Promise.all(paths.map(async (path) => (await http(`${server.url}/api/messages${path}`)).body));
  const [client] = await ChatClient.hello(server, { after: 0 });
  const replayed = await client.nextFrames(Math.min((await rowsOf(database, EVERYTHING)).length, 100));
  await server.stop();
  return { answers, replayed };
}

it('[T1] everything moves to PostgreSQL and back, and a server on the result gives the same answers', async () => {
  const [original, postgres, back] = [await chatFile(), await newDatabase(), newFile()];
  const before = await answersOn(original);
  const there = await runMove(original, postgres);
  expect(there).toMatchObject({ code: 0, errors: [] });
  const here = await runMove(postgres, back);
  expect(here).toMatchObject({ code: 0, errors: [] });

  const rows = await rowsOf(original, EVERYTHING);
  expect(rows).toHaveLength(AWKWARD.length + 4);
  expect(await rowsOf(postgres, EVERYTHING)).toEqual(rows);
  expect(await rowsOf(back, EVERYTHING)).toEqual(rows);
  const others = await accompanying(original);
  expect(await accompanying(postgres)).toEqual(others);
  expect(await accompanying(back)).toEqual(others);
  expect(here.lines.at(-1)).toBe(there.lines.at(-1));
  expect(await answersOn(postgres)).toEqual(before);
  expect(await answersOn(back)).toEqual(before);

  // A repeat after the move gets the original answer, and ids continue.
  const server = await startServer({ DATABASE_URL: postgres });
  const [client] = await ChatClient.hello(server);
  const [username, clientId, message] = AWKWARD[3];
  client.sendV2Message(clientId, message, username);
  expect(await client.nextOf('ack')).toMatchObject({ id: 4 });
  client.sendV2Message(clientId, 'etwas anderes', username);
  expect(await client.nextOf('error')).toMatchObject({ code: 'VALIDATION_ERROR' });
  client.sendV2Message(AWKWARD[2][1], AWKWARD[2][2], AWKWARD[2][0]);
  expect(await client.nextOf('ack')).toMatchObject({ id: 3 });
  client.sendV2Message('neu', 'nach dem Umzug', username);
  expect(await client.nextOf('ack')).toMatchObject({ id: rows.length + 1 });
  await server.stop();
  // New rows get ids after the copied ones.
  for (const database of [postgres, back]) {
    const values = `(issuer, subject, created_at) VALUES ('https://issuer', 'neu', 1)`;
    await execute(database, `INSERT INTO authors ${values}`);
    expect((await rowsOf(database, 'SELECT max(id) AS newest FROM authors'))[0]).toEqual({ newest: 10 });
  }
});

it('[T1] an empty chat is moved, too', async () => {
  const [source, postgres] = [await largeFile(0), await newDatabase()];
  expect(await runMove(source, postgres)).toMatchObject({ code: 0 });
  expect(await runMove(postgres, newFile())).toMatchObject({ code: 0 });
});

it('[T1] pages are bounded by their characters as well as by their rows', async () => {
  const [source, postgres] = [await largeFile(0), await newDatabase()];
  await execute(
    source,
    `INSERT INTO messages (id, username, message, created_at)
       SELECT value, 'max', replace(hex(zeroblob(750000)), '0', 'ä'), value FROM json_each('[1, 2, 3, 4, 5, 6, 7, 8]')`,
  );
  const { code, lines } = await runMove(source, postgres);
  expect(code).toBe(0);
  expect(lines.filter((line) => line.startsWith('copied'))).toHaveLength(3);
});

it.each(['to PostgreSQL', 'to SQLite'])(
  '[T2] killed at any point of a move %s, the same command continues where it stopped',
  async (way) => {
    const file = await largeFile();
    const postgres = await newDatabase();
    let [source, target] = [file, postgres];
    if (way === 'to SQLite') {
      expect(await runMove(file, postgres)).toMatchObject({ code: 0 });
      [source, target] = [postgres, newFile()];
    }
    const percent = 5 * (1 + Math.floor(Math.random() * 6));
    const killed = await runMove(source, target, (line, child) => {
      if (line.startsWith(`copied ${String(percent).padStart(3)} %`)) child.kill('SIGKILL');
    });
    expect([percent, killed.code]).toEqual([percent, 'SIGKILL']);
    const [head] = await rowsOf(target, 'SELECT last_id FROM message_head');
    const place = head!.last_id as number;
    expect(place).toBeGreaterThanOrEqual((percent / 100) * MANY);
    expect(place).toBeLessThan(MANY);

    const { code, lines } = await runMove(source, target);
    expect(code).toBe(0);
    expect(lines[1]).toMatch(new RegExp(`^to .*: ${place} messages$`));
    expect(lines.find((line) => line.startsWith('copied'))).toContain(` ${place + 1000} of ${MANY}`);
    // Compared as text: Jest needs seconds for this many objects.
    const same = JSON.stringify(await rowsOf(target, EVERYTHING)) === JSON.stringify(await rowsOf(source, EVERYTHING));
    expect(same).toBe(true);
    // A further run has nothing to copy.
    const again = await runMove(source, target);
    expect([again.code, again.lines.filter((line) => line.startsWith('copied'))]).toEqual([0, []]);
  },
);

it('[T3] the source stays identical byte for byte, including its write-ahead log', async () => {
  const source = await largeFile(3_000);
  const path = pathOf(source);
  const server = await ServerProcess.start({ DATABASE_URL: source });
  const client = await ChatClient.open(server);
  for (let i = 0; i < 20; i++) client.sendMessage('max', `noch im Protokoll ${i}`);
  for (let i = 0; i < 20; i++) await client.nextOf('chat_message');
  await server.stop('SIGKILL');
  const before = [readFileSync(path), readFileSync(`${path}-wal`)];
  expect(before[1]!.length).toBeGreaterThan(0);
  const postgres = await newDatabase();
  expect(await runMove(source, postgres)).toMatchObject({ code: 0 });
  expect(readFileSync(path).equals(before[0]!)).toBe(true);
  expect(readFileSync(`${path}-wal`).equals(before[1]!)).toBe(true);
  expect(await rowsOf(postgres, 'SELECT count(*) AS stored FROM messages')).toEqual([{ stored: 3_020 }]);
});

it('[T3] PostgreSQL as the source keeps every row and row version', async () => {
  const postgres = await newDatabase();
  await runMove(await chatFile(), postgres);
  const tables = [
    'messages',
    'message_head',
    'stats_totals',
    'stats_users',
    'stats_days',
    'user_messages',
    'migrations',
  ];
  const state = () =>
    Promise.all(tables.map((table) => rowsOf(postgres, `SELECT xmin::text, ctid::text, * FROM ${table}`)));
  const before = await state();
  expect(await runMove(postgres, newFile())).toMatchObject({ code: 0 });
  expect(await state()).toEqual(before);
});

/** The only line of a move that must be refused. */
async function refusal(from: string, to: string): Promise<string> {
  const { code, errors } = await runMove(from, to);
  expect(code).toBe(1);
  expect(errors).toHaveLength(1);
  return errors[0]!;
}

describe('[T4] a refused move', () => {
  it('[T4] refuses a target with other or more messages, and changes nothing', async () => {
    const [source, postgres] = [await largeFile(2_500), await newDatabase()];
    await runMove(await largeFile(3_000), postgres);
    expect(await refusal(source, postgres)).toContain('holds more messages than');
    const other = await largeFile(4_000);
    await execute(other, "UPDATE messages SET message = 'anders' WHERE id = 1234");
    expect(await refusal(other, postgres)).toContain('message 1234 differs');
    expect(await rowsOf(postgres, 'SELECT last_id FROM message_head')).toEqual([{ last_id: 3_000 }]);
  });

  it('[T4] refuses while a server runs on the source or the target', async () => {
    const [file, postgres] = [await chatFile(), await newDatabase()];
    await runMove(file, postgres);
    for (const running of [file, postgres]) {
      const server = await startServer({ DATABASE_URL: running });
      const expected = running === file ? 'another server is already running' : 'a server is running on it';
      expect(await refusal(file, postgres)).toContain(expected);
      expect(await refusal(postgres, file)).toContain(expected);
      expect((await http(`${server.url}/health/ready`)).status).toBe(200);
      await server.stop();
    }
  });

  it('[T4] refuses a schema that is newer, older or missing', async () => {
    const [file, postgres] = [await chatFile(), await newDatabase()];
    await runMove(file, postgres);
    const future = `INSERT INTO migrations (timestamp, name) VALUES (9e12, 'FromTheFuture9000000000000')`;
    for (const database of [file, postgres]) await execute(database, future);
    const newer = 'belongs to a newer version: this one does not know the migration FromTheFuture9000000000000';
    expect(await refusal(file, newFile())).toContain(newer);
    expect(await refusal(await chatFile(), postgres)).toContain(newer);
    expect(await refusal(postgres, newFile())).toContain(newer);
    const older = await chatFile();
    await execute(older, 'DELETE FROM migrations WHERE id = (SELECT max(id) FROM migrations)');
    expect(await refusal(older, newFile())).toContain('belongs to an older version: start this version on it once');
    expect(await refusal(await newDatabase(), newFile())).toContain('is empty, or belongs to another program');
  });

  it('[T4] refuses a missing or inaccessible database, without printing its password', async () => {
    const [file, missing] = [await chatFile(), newFile()];
    expect(await refusal(missing, await newDatabase())).toContain('there is no such file');
    expect(existsSync(`${pathOf(missing)}.lock`)).toBe(false);
    for (const url of ['postgres://max:geheim@127.0.0.1:9/chat', 'postgres://max:geheim@127.0.0.1:x/chat']) {
      const line = await refusal(file, url);
      expect(line).toContain('max@127.0.0.1');
      expect(line).not.toContain('geheim');
    }
    expect(await refusal(file, file)).toContain('--from and --to are the same database');
    const { code, errors } = await runMoveWith(['--from', file, 'postgres://max:geheim@127.0.0.1/chat']);
    expect([code, errors.length, errors[0]!.includes('geheim')]).toEqual([1, 1, false]);
  });

  it('[T4] refuses a source with a gap in its ids', async () => {
    const file = await largeFile(2_500);
    await execute(file, 'DELETE FROM messages WHERE id = 1777');
    expect(await refusal(file, await newDatabase())).toContain('message 1777 is missing');
  });
});

/** Runs `meanwhile` while a move waits for the lock on its target's head row. */
async function whileMoving(source: string, target: string, meanwhile: () => Promise<void>): Promise<MoveEnd> {
  const release = await holdWrites(target);
  let end: Promise<MoveEnd>;
  await new Promise<void>((resolve, reject) => {
    end = runMove(source, target, (line) => line.startsWith('compared') && resolve());
    void end.then(() => reject(new Error('it did not wait')));
  });
  await meanwhile();
  await release();
  return end!;
}

describe('[T5] both databases are exclusive to the move', () => {
  let source: string;
  let target: string;
  beforeEach(async () => {
    [source, target] = [await largeFile(5_000), await newDatabase()];
    await runMove(await largeFile(1_000), target);
  });

  it('[T5] neither a server nor another move can start on them', async () => {
    let late: ServerProcess;
    const end = await whileMoving(source, target, async () => {
      const refused = ServerProcess.spawn({ DATABASE_URL: source });
      expect(await refused.exited).toBe(1);
      expect(await refusal(source, newFile())).toContain('another server is already running');
      expect(await refusal(await chatFile(), target)).toContain('it is being migrated or moved');
      late = ServerProcess.spawn({ DATABASE_URL: target });
      await until(async () => {
        const waiting = await rowsOf(target, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
        return waiting.length > 0;
      });
      expect(late.lines).toEqual([]);
    });
    expect(end).toMatchObject({ code: 0, errors: [] });
    // The waiting server starts after the move.
    await late!.line(/ready at/);
    expect(await late!.stop()).toBe(0);
  });

  it('[T5] a foreign write ends the move before anything of the page is stored', async () => {
    const release = await holdWrites(target);
    const written = execute(
      target,
      `UPDATE message_head SET last_id = 1001;
       INSERT INTO messages (id, username, message, created_at) VALUES (1001, 'max', 'fremd', 0)`,
    );
    // The foreign write queues for the row before the move does.
    await until(async () => {
      const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return (await rowsOf(target, waiting)).length > 0;
    });
    const end = await runMove(source, target, (line) => line.startsWith('compared') && void release());
    await written;
    expect(end).toMatchObject({ code: 1, errors: [expect.stringMatching(/another process writes to it$/)] });
    expect(await rowsOf(target, 'SELECT count(*) AS stored FROM messages')).toEqual([{ stored: 1_001 }]);
  });
});

it('[T6] at the end, counters and user index are compared with the messages', async () => {
  const [source, postgres, back] = [await largeFile(2_000), await newDatabase(), newFile()];
  await runMove(source, postgres);
  await runMove(postgres, back);
  const day = '(SELECT min(day) FROM stats_days)';
  const damages: Record<string, [damage: string, repair: string]> = {
    stats_totals: [
      'UPDATE stats_totals SET code_points = code_points + 1',
      'UPDATE stats_totals SET code_points = code_points - 1',
    ],
    stats_users: [
      "UPDATE stats_users SET messages = messages + 1 WHERE username = 'user-7'",
      "UPDATE stats_users SET messages = messages - 1 WHERE username = 'user-7'",
    ],
    stats_days: [
      `UPDATE stats_days SET messages = messages + 1 WHERE day = ${day}`,
      `UPDATE stats_days SET messages = messages - 1 WHERE day = ${day}`,
    ],
    user_messages: [
      'UPDATE user_messages SET id = 2001 WHERE id = 17',
      'UPDATE user_messages SET id = 17 WHERE id = 2001',
    ],
  };
  const targets = [postgres, back];
  for (const [i, [table, [damage, repair]]] of Object.entries(damages).entries()) {
    const target = targets[i % 2]!;
    await execute(target, damage);
    expect(await refusal(source, target)).toContain(`${table} is not what a recount of the messages gives`);
    await execute(target, repair);
  }
  for (const target of targets) expect(await runMove(source, target)).toMatchObject({ code: 0 });
});
