import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings';
import { BUSY_TIMEOUT_MS, sqlitePath } from '../database/database.options';
import { sqliteFaultOfCode } from '../database/sqlite-fault';
import { MAX_BATCH_LENGTH, MessageWriter, WriteRefused } from './message-writer';
import type { WriterOptions, WriterReply, WriterRequest } from './sqlite-writer.protocol';
import type { Appended, NewMessage } from './stored-message';
import { WriterChannel } from './writer-channel';

/** Room for what is around the texts of a batch, in bytes. */
const MARGIN_BYTES = 2 * 1024 * 1024;
/** The most bytes of JSON that one UTF-16 unit can become: `\\u0001`. */
const JSON_BYTES_PER_UNIT = 6;

/** The main thread's end of the writer thread, which owns the only writing connection to a SQLite file. */
@Injectable()
export class SqliteWriter extends MessageWriter {
  private readonly channel: WriterChannel;
  private worker: Worker | undefined;

  constructor(private readonly settings: Settings) {
    super();
    // A batch is at most so long, but for a single message, which came as a frame.
    const batchBytes = MAX_BATCH_LENGTH * JSON_BYTES_PER_UNIT;
    this.channel = WriterChannel.create(batchBytes + settings.MAX_FRAME_BYTES + MARGIN_BYTES);
  }

  async start(): Promise<void> {
    const workerData: WriterOptions = {
      path: sqlitePath(this.settings),
      synchronous: this.settings.SQLITE_SYNCHRONOUS,
      busyTimeoutMs: BUSY_TIMEOUT_MS,
      channel: this.channel.memory,
    };
    this.worker = new Worker(require.resolve('./sqlite-writer.worker.js'), { workerData });
    await once(this.worker, 'message');
    // Without the writer the server can keep no promise. Nothing unacknowledged was promised, so: loudly out.
    this.worker.once('exit', (code) => {
      if (this.worker) throw new Error(`the writer thread ended unexpectedly with code ${code}`);
    });
  }

  append(batch: readonly NewMessage[]): Promise<Appended> {
    return this.ask({ kind: 'append', batch });
  }

  async probe(): Promise<void> {
    await this.ask({ kind: 'probe' });
  }

  /** Closes the file and ends the thread. */
  async stop(): Promise<void> {
    const worker = this.worker;
    this.worker = undefined;
    if (!worker) return;
    const exited = once(worker, 'exit');
    await this.ask({ kind: 'stop' });
    await exited;
  }

  private async ask(request: WriterRequest): Promise<Appended> {
    const reply = JSON.parse(await this.channel.ask(JSON.stringify(request))) as WriterReply;
    if (reply.ok) return reply.appended;
    throw new WriteRefused(sqliteFaultOfCode(reply.code) ?? reply.message, reply.code);
  }
}
