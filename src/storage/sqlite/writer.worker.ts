import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { AppendTransaction } from './append';
import { checkpointIfLong, openForWriting } from './connection';
import type { Appended, NewMessage } from '../stored-message';
import type { WriterOptions, WriterReply, WriterRequest } from './writer-thread.protocol';

const NOTHING = { firstId: 0, repeats: [] };

const options = workerData as WriterOptions;
const port = parentPort!;
const database = openForWriting(options.path, options.synchronous, options.busyTimeoutMs);
const transaction = new AppendTransaction(database);

port.on('message', (request: WriterRequest) => {
  port.postMessage(answer(request));
  if (request.kind !== 'stop') return;
  database.close();
  port.close();
});
port.postMessage({ ok: true, appended: NOTHING, tookMs: 0 } satisfies WriterReply);

function answer(request: WriterRequest): WriterReply {
  const begun = performance.now();
  try {
    const appended = obey(request);
    return { ok: true, appended, tookMs: performance.now() - begun };
  } catch (error) {
    // A failed statement is an answer; anything else is a bug, and must end the thread and with it the process.
    if (!(error instanceof Database.SqliteError)) throw error;
    return { ok: false, code: error.code, message: error.message };
  }
}

function obey(request: WriterRequest): Appended {
  if (request.kind === 'append') return transaction.append(JSON.parse(request.batch) as NewMessage[]);
  if (request.kind === 'probe') transaction.probe();
  else follow();
  return NOTHING;
}

/** Only here SQLite moves its write-ahead log into the file; nobody else writes meanwhile, so that it begins anew. */
function follow(): void {
  try {
    transaction.follow();
  } finally {
    // Also when the counters cannot follow: the log must not grow without an end.
    checkpointIfLong(database);
  }
}
