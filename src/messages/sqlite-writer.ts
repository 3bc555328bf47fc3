import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings';
import { BUSY_TIMEOUT_MS, sqlitePath } from '../database/database.options';
import type { WriterOptions, WriterReply, WriterRequest } from './sqlite-writer.protocol';
import type { Appended, NewMessage } from './stored-message';

/** The disk or the file refused a write; nothing of it was stored. */
export class WriteRefused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The main thread's end of the writer thread, which owns the only writing connection. One request at a time.
 * It must not know why a batch is written or what happens to it afterwards.
 */
@Injectable()
export class SqliteWriter {
  private worker: Worker | undefined;
  private waiting: { resolve: (appended: Appended) => void; reject: (error: Error) => void } | undefined;

  constructor(private readonly settings: Settings) {}

  async start(): Promise<void> {
    const workerData: WriterOptions = {
      path: sqlitePath(this.settings),
      synchronous: this.settings.SQLITE_SYNCHRONOUS,
      busyTimeoutMs: BUSY_TIMEOUT_MS,
    };
    this.worker = new Worker(require.resolve('./sqlite-writer.worker.js'), { workerData });
    await once(this.worker, 'message');
    this.worker.on('message', (reply: WriterReply) => this.settle(reply));
    // Without the writer the server can keep no promise. Nothing unacknowledged was promised, so: loudly out.
    this.worker.once('exit', (code) => {
      if (this.worker) throw new Error(`the writer thread ended unexpectedly with code ${code}`);
    });
  }

  /** Resolves once the batch is durable. Rejects with `WriteRefused`; then nothing of it was stored. */
  append(batch: readonly NewMessage[]): Promise<Appended> {
    return this.request({ kind: 'append', batch: JSON.stringify(batch) });
  }

  /** Resolves when the disk takes writes. Rejects with `WriteRefused`. */
  async probe(): Promise<void> {
    await this.request({ kind: 'probe' });
  }

  /** Closes the file and ends the thread. */
  async stop(): Promise<void> {
    const worker = this.worker;
    this.worker = undefined;
    if (!worker) return;
    worker.postMessage({ kind: 'stop' } satisfies WriterRequest);
    await once(worker, 'exit');
  }

  private request(request: WriterRequest): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.worker!.postMessage(request);
    });
  }

  private settle(reply: WriterReply): void {
    const waiting = this.waiting!;
    this.waiting = undefined;
    if (reply.ok) waiting.resolve(reply.appended);
    else waiting.reject(new WriteRefused(reply.code, reply.message));
  }
}
