import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { AppendTransaction } from './append-transaction';
import { openForWriting } from './sqlite-connection';
import type { NewMessage } from './stored-message';
import type { WriterOptions, WriterReply, WriterRequest } from './sqlite-writer.protocol';

const NOTHING = { firstId: 0, repeats: [] };

const options = workerData as WriterOptions;
const port = parentPort!;
// Here and nowhere else SQLite moves its write-ahead log into the file (after a commit that leaves it longer than 1,000
// pages): the waits for the disk that this takes are this thread's.
const database = openForWriting(options.path, options.synchronous, options.busyTimeoutMs);
const transaction = new AppendTransaction(database);

port.on('message', (request: WriterRequest) => {
  port.postMessage(answer(request));
  if (request.kind !== 'stop') return;
  database.close();
  port.close();
});
port.postMessage({ ok: true, appended: NOTHING } satisfies WriterReply);

function answer(request: WriterRequest): WriterReply {
  try {
    if (request.kind === 'append') {
      return { ok: true, appended: transaction.append(JSON.parse(request.batch) as NewMessage[]) };
    }
    if (request.kind === 'probe') transaction.probe();
    else transaction.follow();
    return { ok: true, appended: NOTHING };
  } catch (error) {
    // A failed statement is an answer; anything else is a bug, and must end the thread and with it the process.
    if (!(error instanceof Database.SqliteError)) throw error;
    return { ok: false, code: error.code, message: error.message };
  }
}
