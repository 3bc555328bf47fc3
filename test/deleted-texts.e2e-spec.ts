import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Clock } from '../src/platform/lifecycle/clock';
import { Metrics } from '../src/platform/metrics/metrics';
import { readSettings } from '../src/settings/load-settings';
import { createStorage } from '../src/storage/create-storage';
import type { ChangeRequest } from '../src/storage/message-change';
import type { MessageWriter } from '../src/storage/message-writer';
import { SqliteWriterThread } from '../src/storage/sqlite/writer-thread';
import type { Storage } from '../src/storage/storage';
import { newDatabase, rowsOf, testFolder } from './support/database';
import { until } from './support/until';

/** Enough messages for many pages, whose rows move when one of them grows. */
const MESSAGES = 600;

let storage: Storage;
let writer: MessageWriter;
let isOpen = false;

async function open(database: string): Promise<void> {
  storage = createStorage(readSettings({ DATABASE_URL: database }));
  await (await storage.openWritable()).destroy();
  writer = storage.createWriter(new Clock(), new Metrics());
  await writer.start();
  isOpen = true;
}

async function close(): Promise<void> {
  if (!isOpen) return;
  isOpen = false;
  await writer.stop();
  storage.release();
}

// A running writer thread would keep the process alive.
afterEach(close);

const pathOf = (database: string) => database.slice('sqlite:'.length);

/** Number of secret texts in a file. */
function secretsIn(path: string): number {
  return readFileSync(path, 'latin1').match(/secret-\d+/g)?.length ?? 0;
}

function request(messageId: number, text?: string): ChangeRequest {
  return { messageId, text, authorId: 1, by: 'max', isModerator: false, changeableSince: 0, at: 2_000 };
}

/** A copy of the file and its log, as a crash would leave them. */
function copyOf(path: string): string {
  const copy = join(testFolder(), 'crashed.sqlite');
  for (const ending of ['', '-wal']) cpSync(path + ending, copy + ending);
  return copy;
}

/** URL of a link to the file in another folder. */
function linkTo(path: string): string {
  const link = join(testFolder(), 'link.sqlite');
  symlinkSync(path, link);
  return `sqlite:${link}`;
}

const ids = Array.from({ length: MESSAGES }, (_, i) => i + 1);
const say = (texts: readonly string[]) =>
  writer.append(texts.map((message) => ({ username: 'max', message, createdAt: 1_000, authorId: 1 })));

/** Every third message grows, a few at a time, so that its neighbours move repeatedly. */
async function grow(): Promise<void> {
  await say(ids.map((id) => `secret-${id} ${'x'.repeat(60)}`));
  const grown = ids
    .filter((id) => id % 3 === 0)
    .map((id) => request(id, `secret-${id} ${'y'.repeat((id * 37) % 1500)}`));
  for (let i = 0; i < grown.length; i += 20) await writer.append([], grown.slice(i, i + 20));
}

async function removeAll(): Promise<void> {
  await writer.append(
    [],
    ids.map((id) => request(id)),
  );
}

it('[N11] nothing is left of texts that were moved before they were deleted', async () => {
  const database = await newDatabase();
  await open(database);
  await grow();
  await removeAll();
  await until(() => secretsIn(pathOf(database)) + secretsIn(`${pathOf(database)}-wal`) === 0);
  // A stale page in memory would be written back with the next changes.
  await writer.append([], [request(1), request(MESSAGES)]);
  await say(['harmless']);
  await close();
  expect(secretsIn(pathOf(database))).toBe(0);
  expect(await rowsOf(database, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(await rowsOf(database, "SELECT count(*) AS n FROM messages WHERE message = ''")).toEqual([{ n: MESSAGES }]);
});

it('[N11] nothing is left after a stop', async () => {
  const database = await newDatabase();
  await open(database);
  await grow();
  await removeAll();
  await close();
  expect(secretsIn(pathOf(database))).toBe(0);
});

it('[N11] nothing is left by a crash once the server has started again', async () => {
  const database = await newDatabase();
  await open(database);
  await grow();
  await removeAll();
  const crashed = copyOf(pathOf(database));
  await close();
  await open(`sqlite:${crashed}`);
  expect(secretsIn(crashed)).toBe(0);
  await close();
});

it('[N11] a link to the file makes no difference, nor does one after a crash', async () => {
  const database = await newDatabase();
  await open(database);
  await close();
  await open(linkTo(pathOf(database)));
  await grow();
  await removeAll();
  const crashed = copyOf(pathOf(database));
  await close();
  expect(secretsIn(pathOf(database))).toBe(0);
  await open(linkTo(crashed));
  expect(secretsIn(crashed)).toBe(0);
  await close();
});

it('[N15] a batch does not wait while the log is looked through', async () => {
  const database = await newDatabase();
  await open(database);
  await grow();
  const thread = new SqliteWriterThread();
  await thread.start({ path: pathOf(database), synchronous: 'normal', busyTimeoutMs: 0, pagesInLog: [] });
  let isLooking = true;
  const looking = thread.send({ kind: 'look', emptiesLog: true }).finally(() => (isLooking = false));
  await thread.idle();
  expect(isLooking).toBe(true);
  const emptying = thread.send({ kind: 'catchUp', emptiesLog: false });
  await thread.idle();
  expect(isLooking).toBe(false);
  await Promise.all([looking, emptying, thread.stop(false)]);
  await close();
});
