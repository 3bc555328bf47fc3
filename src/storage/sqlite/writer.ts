import { Injectable, Logger } from '@nestjs/common';
import type Database from 'better-sqlite3';
import { Clock } from '../../platform/lifecycle/clock';
import { OutageLog } from '../../platform/logging/outage-log';
import { Settings } from '../../settings/settings';
import { BUSY_TIMEOUT_MS, sqlitePath } from '../database.options';
import { sqliteCode, sqliteFaultOfCode } from './fault';
import { Metrics } from '../../platform/metrics/metrics';
import { AppendTransaction } from './append';
import { DiskPace } from './disk-pace';
import { MessageWriter, WriteRefused } from '../message-writer';
import { openForWriting } from './connection';
import { SqliteWriterThread } from './writer-thread';
import type { Appended, NewMessage } from '../stored-message';

/** Messages after which the counters and the user index follow at the latest: what a reader may have to look through itself. */
const MAX_BEHIND = 2_000;
/** The same in UTF-16 units of text: with the counters the write-ahead log is moved into the file, which must not wait for long. */
const MAX_BEHIND_LENGTH = 4 * 1024 * 1024;
/** When nothing was written for so long they follow at once, in milliseconds. */
const IDLE_MS = 200;

/**
 * Writes to a SQLite file from two threads, never at the same time. A commit on a quick disk takes a fraction of a millisecond,
 * less than waking another thread for it and being woken again: the main thread does it. What may take longer is the writer
 * thread's: commits while the disk is slow, moving the write-ahead log into the file, counters and user index.
 */
@Injectable()
export class SqliteWriter extends MessageWriter {
  private readonly outage = new OutageLog(new Logger('Log'));
  private readonly thread = new SqliteWriterThread();
  private readonly pace = new DiskPace();
  private idle: NodeJS.Timeout | undefined;
  private database: Database.Database | undefined;
  private transaction: AppendTransaction;
  private behind = 0;
  private behindLength = 0;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {
    super();
  }

  async start(): Promise<void> {
    const path = sqlitePath(this.settings);
    const synchronous = this.settings.SQLITE_SYNCHRONOUS;
    await this.thread.start({ path, synchronous, busyTimeoutMs: BUSY_TIMEOUT_MS });
    this.database = openForWriting(path, synchronous, 0);
    this.transaction = new AppendTransaction(this.database);
    this.idle = setTimeout(() => void this.follow(), IDLE_MS).unref();
  }

  async append(batch: readonly NewMessage[]): Promise<Appended> {
    const isHere = this.pace.isQuick;
    // Its work holds the file's lock. To give it this, too, would not be sooner, and cost two copies of the batch.
    if (isHere) await this.thread.idle();
    const appended = (isHere && this.appendHere(batch)) || (await this.appendThere(batch));
    this.behind += batch.length;
    for (const { message } of batch) this.behindLength += message.length;
    if (this.behind >= MAX_BEHIND || this.behindLength >= MAX_BEHIND_LENGTH) void this.follow();
    else this.idle?.refresh();
    return appended;
  }

  async probe(): Promise<void> {
    await this.thread.ask({ kind: 'probe' });
  }

  async stop(): Promise<void> {
    clearTimeout(this.idle);
    this.database?.close();
    await this.thread.stop();
  }

  /** Undefined when another program is writing: the thread has time to wait for its end. */
  private appendHere(batch: readonly NewMessage[]): Appended | undefined {
    const begun = this.clock.monotonic();
    try {
      const appended = this.transaction.append(batch);
      this.metrics.commits.inc({ thread: 'main' });
      return appended;
    } catch (error) {
      const code = sqliteCode(error);
      if (code === undefined) throw error;
      if (code.startsWith('SQLITE_BUSY')) return undefined;
      throw new WriteRefused(sqliteFaultOfCode(code) ?? String(error), code);
    } finally {
      const now = this.clock.monotonic();
      this.pace.committed(now - begun, now);
    }
  }

  private async appendThere(batch: readonly NewMessage[]): Promise<Appended> {
    const { appended, tookMs } = await this.thread.ask({ kind: 'append', batch: JSON.stringify(batch) });
    this.metrics.commits.inc({ thread: 'writer' });
    this.pace.committed(tookMs, this.clock.monotonic());
    return appended;
  }

  /** What a full disk refuses now follows later: readers look through what is missing. */
  private async follow(): Promise<void> {
    this.behind = 0;
    this.behindLength = 0;
    try {
      await this.thread.ask({ kind: 'follow' });
      this.outage.recovered('the counters follow again');
    } catch (error) {
      this.metrics.faults.inc({ where: 'counters' });
      this.outage.failed(`the counters cannot follow: ${(error as Error).message}`);
    }
  }
}
