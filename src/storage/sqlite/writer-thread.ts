import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { WriteRefused } from '../message-writer';
import type { Appended } from '../appended';
import { sqliteFaultOfCode } from './fault';

/** The `workerData` of the thread. */
export interface WriterOptions {
  readonly path: string;
  readonly synchronous: 'full' | 'normal';
  readonly busyTimeoutMs: number;
  /** Pages in the write-ahead log left by a crash. */
  readonly pagesInLog: readonly number[];
}

/** A batch crosses as JSON: one string costs a third of the structured clone of many objects. */
export type WriterRequest =
  | { readonly kind: 'append'; readonly batch: string; readonly changes: string }
  | { readonly kind: 'look' | 'catchUp' | 'stop'; readonly emptiesLog: boolean }
  | { readonly kind: 'probe' };

export interface WriterDone {
  readonly ok: true;
  readonly appended: Appended;
  /** Time spent in the database, in milliseconds. */
  readonly tookMs: number;
}

/** One reply per request, in order, after an initial one that says the thread is ready. */
export type WriterReply = WriterDone | { readonly ok: false; readonly code: string; readonly message: string };

interface Pending {
  readonly resolve: (done: WriterDone) => void;
  readonly reject: (error: WriteRefused) => void;
}

/** The main thread's end of the writer thread. Owns the queue of its requests, which run one at a time. */
export class SqliteWriterThread {
  private worker: Worker | undefined;
  private isStopping = false;
  private readonly pending: Pending[] = [];
  /** Pending requests that write. */
  private writes = 0;
  /** Resolves when the newest write has settled. */
  private newestWrite: Promise<unknown> = Promise.resolve();

  /** Resolves when the thread has opened the file. */
  async start(workerData: WriterOptions): Promise<void> {
    this.worker = new Worker(require.resolve('./writer.worker.js'), {
      workerData,
      // Closing the file would cancel the locks of the other connections: `Remnants`.
      trackUnmanagedFds: false,
    });
    await once(this.worker, 'message');
    this.worker.on('message', (reply: WriterReply) => this.settle(reply));
    // Ends the process: without its writer the server can store nothing, and no acknowledged message is lost.
    this.worker.once('exit', (code) => {
      if (!this.isStopping) throw new Error(`the writer thread ended unexpectedly with code ${code}`);
    });
  }

  /** Resolves when no write is pending. */
  async idle(): Promise<void> {
    while (this.writes > 0) await this.newestWrite;
  }

  /** Rejects with `WriteRefused` when the database refused it. */
  send(request: WriterRequest): Promise<WriterDone> {
    const done = new Promise<WriterDone>((resolve, reject) => {
      this.worker!.postMessage(request);
      this.pending.push({ resolve, reject });
    });
    if (request.kind === 'look') return done;
    this.writes++;
    this.newestWrite = done.catch(() => undefined).then(() => this.writes--);
    return done;
  }

  /** Closes the file and ends the thread, after the pending requests. */
  async stop(emptiesLog: boolean): Promise<void> {
    const { worker } = this;
    if (!worker) return;
    this.isStopping = true;
    const exited = once(worker, 'exit');
    // Counters that cannot catch up now will after the next start.
    await this.send({ kind: 'stop', emptiesLog }).catch(() => undefined);
    await exited;
  }

  private settle(reply: WriterReply): void {
    const { resolve, reject } = this.pending.shift()!;
    if (reply.ok) resolve(reply);
    else reject(new WriteRefused(sqliteFaultOfCode(reply.code) ?? reply.message, reply.code));
  }
}
