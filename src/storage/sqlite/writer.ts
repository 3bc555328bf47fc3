import { Logger } from '@nestjs/common';
import type Database from 'better-sqlite3';
import type { Clock } from '../../platform/lifecycle/clock';
import { OutageLog } from '../../platform/logging/outage-log';
import type { Metrics } from '../../platform/metrics/metrics';
import type { Settings } from '../../settings/settings';
import type { ChangeRequest } from '../message-change';
import { MessageWriter, WriteRefused } from '../message-writer';
import type { Appended } from '../appended';
import type { NewMessage } from '../stored-message';
import { AppendTransaction } from './append';
import { openForWriting } from './connection';
import { DiskPace } from './disk-pace';
import { isBusy, sqliteCode, sqliteFaultOfCode } from './fault';
import { BUSY_TIMEOUT_MS, sqlitePath } from './options';
import { SqliteWriterThread } from './writer-thread';

/** Messages after which counters and user index catch up at the latest; readers scan the uncovered ones. */
const MAX_BEHIND = 2_000;
/** The same in UTF-16 units of text: the checkpoint follows the counters, and must stay short. */
const MAX_BEHIND_LENGTH = 4 * 1024 * 1024;
/** Time without a write after which they catch up at once, in milliseconds. */
const IDLE_MS = 200;

/**
 * Writes to a SQLite file from two threads, never at the same time. On a fast disk a commit takes a fraction of a millisecond,
 * less than waking another thread, so the main thread does it. The writer thread does what may take longer: commits while the
 * disk is slow, checkpoints, counters and user index. Must not know how batches are formed.
 */
export class SqliteWriter extends MessageWriter {
  private readonly outage = new OutageLog(new Logger('Log'));
  private readonly thread = new SqliteWriterThread();
  private readonly pace = new DiskPace();
  private idle: NodeJS.Timeout | undefined;
  private database: Database.Database | undefined;
  private transaction: AppendTransaction;
  private behind = 0;
  private behindLength = 0;
  /** Whether the write-ahead log may contain edited or deleted texts. */
  private hasChanged = false;
  private isStopped = false;

  constructor(
    private readonly settings: Readonly<Settings>,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    /** Pages in the write-ahead log left by a crash. */
    private readonly pagesInLog: ReadonlySet<number>,
  ) {
    super();
  }

  async start(): Promise<void> {
    const path = sqlitePath(this.settings);
    const synchronous = this.settings.SQLITE_SYNCHRONOUS;
    await this.thread.start({ path, synchronous, busyTimeoutMs: BUSY_TIMEOUT_MS, pagesInLog: [...this.pagesInLog] });
    this.database = openForWriting(path, synchronous, 0);
    this.transaction = new AppendTransaction(this.database);
    this.idle = setTimeout(() => void this.catchUp(), IDLE_MS).unref();
  }

  async append(batch: readonly NewMessage[], changes: readonly ChangeRequest[] = []): Promise<Appended> {
    const isHere = this.pace.isQuick;
    // The thread's work holds the file's lock: handing it the batch would be no faster, and would copy the batch twice.
    if (isHere) await this.thread.idle();
    const appended = (isHere && this.appendHere(batch, changes)) || (await this.appendThere(batch, changes));
    this.behind += batch.length;
    for (const { message } of batch) this.behindLength += message.length;
    if (changes.length > 0) this.hasChanged = true;
    if (this.behind >= MAX_BEHIND || this.behindLength >= MAX_BEHIND_LENGTH) void this.catchUp();
    else this.idle?.refresh();
    return appended;
  }

  async probe(): Promise<void> {
    await this.thread.send({ kind: 'probe' });
  }

  async stop(): Promise<void> {
    clearTimeout(this.idle);
    this.isStopped = true;
    this.database?.close();
    await this.thread.stop(this.hasChanged);
  }

  /** Undefined while another connection is writing: only the thread may wait for it. */
  private appendHere(batch: readonly NewMessage[], changes: readonly ChangeRequest[]): Appended | undefined {
    const begun = this.clock.monotonic();
    try {
      const appended = this.transaction.append(batch, changes);
      this.metrics.commits.inc({ thread: 'main' });
      return appended;
    } catch (error) {
      if (isBusy(error)) return undefined;
      const code = sqliteCode(error);
      if (code === undefined) throw error;
      throw new WriteRefused(sqliteFaultOfCode(code) ?? String(error), code);
    } finally {
      const now = this.clock.monotonic();
      this.pace.committed(now - begun, now);
    }
  }

  private async appendThere(batch: readonly NewMessage[], changes: readonly ChangeRequest[]): Promise<Appended> {
    const { appended, tookMs } = await this.thread.send({
      kind: 'append',
      batch: JSON.stringify(batch),
      changes: JSON.stringify(changes),
    });
    this.metrics.commits.inc({ thread: 'writer' });
    this.pace.committed(tookMs, this.clock.monotonic());
    return appended;
  }

  /** Failing is harmless: readers scan the uncovered messages, and the next call covers them. */
  private async catchUp(): Promise<void> {
    this.behind = 0;
    this.behindLength = 0;
    // What fails here fails below, too.
    await this.thread.send({ kind: 'look', emptiesLog: this.hasChanged }).catch(() => undefined);
    if (this.isStopped) return;
    const emptiesLog = this.hasChanged;
    this.hasChanged = false;
    try {
      await this.thread.send({ kind: 'catchUp', emptiesLog });
      this.outage.recovered('the counters catch up again');
    } catch (error) {
      this.metrics.faults.inc({ where: 'counters' });
      this.outage.failed(`the counters cannot catch up: ${(error as Error).message}`);
    }
  }
}
