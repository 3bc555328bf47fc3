import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { AppendTransaction } from './append-transaction';
import type { WriterOptions, WriterReply, WriterRequest } from './sqlite-writer.protocol';
import { WriterChannel } from './writer-channel';

/** At most this much of the write-ahead log stays on disk after a checkpoint, in bytes. */
const WAL_LIMIT_BYTES = 64 * 1024 * 1024;
/** When nothing was written for so long, the counters are brought up to date, in milliseconds. */
const IDLE_MS = 200;

const NOTHING = { firstId: 0, repeats: [] };

const options = workerData as WriterOptions;
const channel = new WriterChannel(options.channel);

const database = new Database(options.path, { fileMustExist: true, timeout: options.busyTimeoutMs });
database.pragma('journal_mode = WAL');
database.pragma(`synchronous = ${options.synchronous}`);
database.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
const transaction = new AppendTransaction(database);
parentPort!.postMessage('ready');
serve();

/** Until it is told to stop. This thread has no event loop to keep: it sleeps in the channel. */
function serve(): void {
  let idleMs = IDLE_MS;
  for (;;) {
    const text = channel.next(idleMs);
    if (text === undefined) {
      fold();
      idleMs = Infinity;
      continue;
    }
    idleMs = IDLE_MS;
    const request = JSON.parse(text) as WriterRequest;
    if (request.kind === 'stop') fold();
    channel.reply(JSON.stringify(answer(request)));
    if (request.kind === 'stop') break;
  }
  database.close();
}

function answer(request: WriterRequest): WriterReply {
  try {
    if (request.kind === 'append') return { ok: true, appended: transaction.append(request.batch) };
    if (request.kind === 'probe') transaction.probe();
    return { ok: true, appended: NOTHING };
  } catch (error) {
    const { code, message } = refusal(error);
    return { ok: false, code, message };
  }
}

/** Counters that cannot be written now are written later: readers count what is missing. */
function fold(): void {
  try {
    transaction.fold();
  } catch (error) {
    refusal(error);
  }
}

/** A failed statement is an answer; anything else is a bug, and must end the thread and with it the process. */
function refusal(error: unknown): InstanceType<typeof Database.SqliteError> {
  if (error instanceof Database.SqliteError) return error;
  throw error;
}
