import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings';
import { BUSY_TIMEOUT_MS, sqlitePath } from '../database/database.options';
import { sqliteFaultOfCode } from '../database/sqlite-fault';
import { MessageWriter, WriteRefused } from './message-writer';
import type { WriterOptions, WriterReply, WriterRequest } from './sqlite-writer.protocol';
import type { Appended, NewMessage } from './stored-message';

/** The main thread's end of the writer thread, which owns the only writing connection to a SQLite file. */
@Injectable()
export class SqliteWriter extends MessageWriter {
  private worker: Worker | undefined;
  private waiting: { resolve: (appended: Appended) => void; reject: (error: Error) => void } | undefined;

  constructor(private readonly settings: Settings) {
    super();
  }

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

  append(batch: readonly NewMessage[]): Promise<Appended> {
    return this.request({ kind: 'append', batch: JSON.stringify(batch) });
  }

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
    else waiting.reject(new WriteRefused(sqliteFaultOfCode(reply.code) ?? reply.message, reply.code));
  }
}
