import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { fileFault } from '../../platform/errors/file-fault';
import type { ChangeRequest } from '../message-change';
import type { Appended } from '../appended';
import type { NewMessage } from '../stored-message';
import { AppendTransaction } from './append';
import { checkpointIfLong, emptyLog, openForWriting } from './connection';
import { Remnants } from './remnants';
import type { WriterOptions, WriterReply, WriterRequest } from './writer-thread';

const NOTHING = { firstId: 0, repeats: [] };

const options = workerData as WriterOptions;
const port = parentPort!;
const database = openForWriting(options.path, options.synchronous, options.busyTimeoutMs);
const transaction = new AppendTransaction(database);
const remnants = new Remnants(database, options.path, options.pagesInLog);
/** Whether the write-ahead log must be emptied. */
let isLogDue = remnants.areDue;

port.on('message', (request: WriterRequest) => {
  port.postMessage(reply(request));
  if (request.kind !== 'stop') return;
  database.close();
  port.close();
});
// Before the first batch: a crash now would lose the list of pages. If the disk is full, cleaning is retried later.
if (isLogDue) reply({ kind: 'catchUp', emptiesLog: true });
port.postMessage({ ok: true, appended: NOTHING, tookMs: 0 } satisfies WriterReply);

function reply(request: WriterRequest): WriterReply {
  const begun = performance.now();
  try {
    const appended = execute(request);
    return { ok: true, appended, tookMs: performance.now() - begun };
  } catch (error) {
    // A failed statement or disk is a reply. Anything else is a bug, and must end the thread and with it the process.
    if (error instanceof Database.SqliteError) return { ok: false, code: error.code, message: error.message };
    const fault = fileFault(error);
    if (fault === undefined) throw error;
    return { ok: false, code: 'SQLITE_IOERR', message: fault };
  }
}

function execute(request: WriterRequest): Appended {
  if (request.kind === 'append') {
    return transaction.append(
      JSON.parse(request.batch) as NewMessage[],
      JSON.parse(request.changes) as ChangeRequest[],
    );
  }
  if (request.kind === 'probe') transaction.probe();
  else if (request.kind === 'look') look(request.emptiesLog);
  else catchUp(request.emptiesLog);
  return NOTHING;
}

/** Runs while batches are written: scanning a long log takes many times longer than storing a batch. */
function look(emptiesLog: boolean): void {
  isLogDue ||= emptiesLog;
  if (isLogDue) remnants.look();
}

/** No batch is written meanwhile, so the write-ahead log can restart. */
function catchUp(emptiesLog: boolean): void {
  try {
    transaction.catchUp();
  } finally {
    // Also when the counters fail: the log must stay bounded.
    isLogDue ||= emptiesLog;
    if (isLogDue) isLogDue = !clean();
    else checkpointIfLong(database);
  }
}

/**
 * Until this succeeds, the log and the pages contain deleted texts. Emptying the log starts a new one, which makes the other
 * connections drop their stale cached pages.
 */
function clean(): boolean {
  return remnants.clean() && emptyLog(database);
}
