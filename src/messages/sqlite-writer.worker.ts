import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { AppendTransaction } from './append-transaction';
import type { NewMessage } from './stored-message';
import type { WriterOptions, WriterReply, WriterRequest } from './sqlite-writer.protocol';

/** At most this much of the write-ahead log stays on disk after a checkpoint, in bytes. */
const WAL_LIMIT_BYTES = 64 * 1024 * 1024;

const NOTHING = { firstId: 0, repeats: [] };

const options = workerData as WriterOptions;
const port = parentPort!;

const database = new Database(options.path, { fileMustExist: true, timeout: options.busyTimeoutMs });
database.pragma('journal_mode = WAL');
database.pragma(`synchronous = ${options.synchronous}`);
database.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
const transaction = new AppendTransaction(database);

port.on('message', (request: WriterRequest) => {
  if (request.kind === 'stop') {
    database.close();
    port.close();
    return;
  }
  port.postMessage(answer(request));
});
port.postMessage({ ok: true, appended: NOTHING } satisfies WriterReply);

function answer(request: Exclude<WriterRequest, { kind: 'stop' }>): WriterReply {
  try {
    if (request.kind === 'append') {
      return { ok: true, appended: transaction.append(JSON.parse(request.batch) as NewMessage[]) };
    }
    transaction.probe();
    return { ok: true, appended: NOTHING };
  } catch (error) {
    // A failed statement is an answer; anything else is a bug, and must end the thread and with it the process.
    if (!(error instanceof Database.SqliteError)) throw error;
    return { ok: false, code: error.code, message: error.message };
  }
}
