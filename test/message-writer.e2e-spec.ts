import { Clock } from '../src/platform/lifecycle/clock';
import { Metrics } from '../src/platform/metrics/metrics';
import { readSettings } from '../src/settings/load-settings';
import { createStorage } from '../src/storage/create-storage';
import { type MessageWriter, WriteRefused } from '../src/storage/message-writer';
import type { Storage } from '../src/storage/storage';
import type { NewMessage } from '../src/storage/stored-message';
import { execute, holdWrites, isPostgres, newDatabase, rowsOf } from './support/database';
import { until } from './support/until';

/** The contract of `MessageWriter` for every kind of database. */

const TABLES = ['messages', 'message_head', 'user_messages', 'stats_totals', 'stats_users', 'stats_days'];
const EVERYTHING = 'SELECT id, username, message, created_at, client_id FROM messages ORDER BY id';

const GOOD: NewMessage = { username: 'max', message: '"\\{},NULL\n', createdAt: 1 };

function keyed(clientId: string, message: string, createdAt: number): NewMessage {
  return { username: 'max', message, createdAt, clientId };
}

let database: string;
let storage: Storage;
let writer: MessageWriter;

/** A writer on an empty database, or on one filled by the statements. */
async function start(statements?: string): Promise<void> {
  database = await newDatabase();
  storage = createStorage(readSettings({ DATABASE_URL: database }));
  await (await storage.openWritable()).destroy();
  if (statements) await execute(database, statements);
  writer = storage.createWriter(new Clock(), new Metrics());
  await writer.start();
}

afterEach(async () => {
  await writer.stop();
  storage.release();
});

async function isAccepted(): Promise<boolean> {
  const refusal = await writer.probe().catch((error: unknown) => error);
  if (refusal !== undefined) expect(refusal).toBeInstanceOf(WriteRefused);
  return refusal === undefined;
}

function state(): Promise<unknown> {
  return Promise.all(TABLES.map((table) => rowsOf(database, `SELECT * FROM ${table}`)));
}

it('[D7] batches are stored unchanged, with gap-free ids from 1', async () => {
  await start();
  const batch = [GOOD, { ...GOOD, username: 'Zoë 😀', clientId: 'a' }, { ...GOOD, createdAt: 2 ** 41 }];
  expect(await writer.append(batch)).toEqual({ firstId: 1, repeats: [] });
  expect(await writer.append([GOOD])).toEqual({ firstId: 4, repeats: [] });
  expect(await rowsOf(database, EVERYTHING)).toEqual(
    [...batch, GOOD].map(({ username, message, createdAt, clientId }, i) => ({
      id: i + 1,
      username,
      message,
      created_at: createdAt,
      client_id: clientId ?? null,
    })),
  );
});

it('[D7] a batch refused by the database is neither stored nor quoted, and the next one gets its ids', async () => {
  await start();
  await writer.append([GOOD]);
  const before = await state();
  const bad = { username: 'geheim', message: null as unknown as string, createdAt: 1 };
  const refusal = await writer.append([GOOD, bad]).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(WriteRefused);
  expect(String(refusal)).not.toContain('geheim');
  expect(await state()).toEqual(before);
  expect(await writer.append([GOOD])).toEqual({ firstId: 2, repeats: [] });
});

it('[D7] batch and probe are refused while another program holds the lock, and accepted afterwards', async () => {
  await start();
  const release = await holdWrites(database);
  await expect(writer.append([GOOD])).rejects.toThrow(WriteRefused);
  await expect(writer.probe()).rejects.toThrow(WriteRefused);
  await release();
  // On a slow machine the refusal may be a timeout, after which requests are refused without an attempt for a moment.
  await until(isAccepted);
  expect(await writer.append([GOOD])).toEqual({ firstId: 1, repeats: [] });
});

it('[V4] repeats in batches of any size are stored once, at any position', async () => {
  await start();
  let nextId = 1;
  let createdAt = 0;
  const known = new Map<string, { id: number; createdAt: number; message: string }>();
  const stored: unknown[] = [];
  for (let size = 1; size <= 40; size++) {
    const expected = { firstId: nextId, repeats: [] as object[] };
    const batch = Array.from({ length: size }, (_, index) => {
      createdAt++;
      // Two users with the same idempotency keys; every third message has none.
      const username = index % 2 === 0 ? 'max' : 'eva';
      const clientId = (size + index) % 3 === 0 ? undefined : String((size * 7 + index * 5) % 60);
      const message = `${size}/${index}`;
      const key = `${username} ${clientId}`;
      const first = clientId === undefined ? undefined : known.get(key);
      if (first) {
        expected.repeats.push({ index, id: first.id, createdAt: first.createdAt });
      } else {
        known.set(key, { id: nextId, createdAt, message });
        stored.push({ id: nextId++, username, message, created_at: createdAt, client_id: clientId ?? null });
      }
      return { username, message: first?.message ?? message, createdAt, clientId };
    });
    expect(await writer.append(batch)).toEqual(expected);
  }
  expect(known.size).toBeGreaterThan(100);
  expect(await rowsOf(database, EVERYTHING)).toEqual(stored);
});

it('[V19] the first text under an idempotency key counts, within a batch and after an older version', async () => {
  await start(
    `INSERT INTO messages (id, username, message, created_at, client_id) VALUES (1, 'max', 'A', 7, 'old');
     ${isPostgres ? 'UPDATE message_head SET last_id = 1' : ''}`,
  );
  const batch = [
    keyed('new', 'A', 1),
    keyed('old', 'B', 2),
    keyed('new', 'B', 3),
    keyed('old', 'A', 4),
    keyed('new', 'A', 5),
    keyed('', 'A', 6),
  ];
  expect(await writer.append(batch)).toEqual({
    firstId: 2,
    repeats: [
      { index: 3, id: 1, createdAt: 7 },
      { index: 4, id: 2, createdAt: 1 },
    ],
    taken: [1, 2],
  });
  expect(await writer.append([keyed('new', 'C', 7)])).toEqual({ firstId: 4, repeats: [], taken: [0] });
});
