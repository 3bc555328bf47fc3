import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { sqliteFaultOfCode } from './fault';
import { WriteRefused } from '../message-writer';
import type { WriterDone, WriterOptions, WriterReply, WriterRequest } from './writer-thread.protocol';

interface Waiting {
  readonly resolve: (done: WriterDone) => void;
  readonly reject: (error: WriteRefused) => void;
}

/** The main thread's end of the writer thread, which takes requests one after the other and may wait for the disk. */
export class SqliteWriterThread {
  private worker: Worker | undefined;
  private isStopping = false;
  private readonly waiting: Waiting[] = [];
  /** Settles with the newest request. */
  private newest: Promise<unknown> = Promise.resolve();

  /** Resolves when the thread has opened the file. */
  async start(workerData: WriterOptions): Promise<void> {
    this.worker = new Worker(require.resolve('./writer.worker.js'), { workerData });
    await once(this.worker, 'message');
    this.worker.on('message', (reply: WriterReply) => this.settle(reply));
    // Without the writer the server can keep no promise. Nothing unacknowledged was promised, so: loudly out.
    this.worker.once('exit', (code) => {
      if (!this.isStopping) throw new Error(`the writer thread ended unexpectedly with code ${code}`);
    });
  }

  /** Resolves when it has nothing to do. */
  async idle(): Promise<void> {
    while (this.waiting.length > 0) await this.newest;
  }

  /** Rejects with `WriteRefused` when the database did not take it. */
  ask(request: WriterRequest): Promise<WriterDone> {
    const done = new Promise<WriterDone>((resolve, reject) => {
      this.worker!.postMessage(request);
      this.waiting.push({ resolve, reject });
    });
    this.newest = done.catch(() => undefined);
    return done;
  }

  /** Closes the file and ends the thread, after what it was asked before. */
  async stop(): Promise<void> {
    const { worker } = this;
    if (!worker) return;
    this.isStopping = true;
    const exited = once(worker, 'exit');
    // The counters of the last messages may have to wait for the next start: they are refused, and the end goes on.
    await this.ask({ kind: 'stop' }).catch(() => undefined);
    await exited;
  }

  private settle(reply: WriterReply): void {
    const { resolve, reject } = this.waiting.shift()!;
    if (reply.ok) resolve(reply);
    else reject(new WriteRefused(sqliteFaultOfCode(reply.code) ?? reply.message, reply.code));
  }
}
