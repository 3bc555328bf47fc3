import { realpathSync } from 'node:fs';
import { DataSource } from 'typeorm';
import type { Clock } from '../../platform/lifecycle/clock';
import type { Metrics } from '../../platform/metrics/metrics';
import type { MessageWriter } from '../message-writer';
import { Storage } from '../storage';
import type { TransferSource, TransferTarget } from '../transfer';
import { isClosed, sqliteFault } from './fault';
import { SqliteLock } from './lock';
import { makeFolderOf, openReading, openWritable, usable } from './open';
import { sqliteOptions, sqlitePath } from './options';
import { openTransferSource, SqliteTransferTarget } from './transfer';
import { WalPages } from './wal-pages';
import { SqliteWriter } from './writer';

/** A SQLite file, which belongs to one server at a time. */
export class SqliteStorage extends Storage {
  readonly kind = 'sqlite';
  private lock: SqliteLock | undefined;
  private readonly pagesInLog = new Set<number>();

  get identity(): string {
    try {
      return realpathSync(sqlitePath(this.settings));
    } catch {
      // A file that does not exist yet is different from all others.
      return this.settings.DATABASE_URL;
    }
  }

  createDataSource(): DataSource {
    return new DataSource(sqliteOptions(this.settings));
  }

  async openWritable(): Promise<DataSource> {
    const path = sqlitePath(this.settings);
    makeFolderOf(path);
    this.lock = SqliteLock.acquire(path);
    // Read before the file is opened: the first connection that is closed removes the log.
    await usable(path, () => new WalPages(path).addTo(this.pagesInLog));
    return openWritable(this.settings);
  }

  openReading(): Promise<DataSource> {
    return openReading(this.settings);
  }

  createWriter(clock: Clock, metrics: Metrics): MessageWriter {
    return new SqliteWriter(this.settings, clock, metrics, this.pagesInLog);
  }

  release(): void {
    this.lock?.release();
    this.lock = undefined;
  }

  isOutage(error: unknown): boolean {
    return isClosed(error) || sqliteFault(error) !== undefined;
  }

  describeFailure(error: unknown): string | undefined {
    return sqliteFault(error);
  }

  /** No retries: a file exists or does not. */
  retryUntilAvailable<Result>(step: () => Promise<Result>): Promise<Result> {
    return step();
  }

  openTransferSource(): Promise<TransferSource> {
    return openTransferSource(this.settings);
  }

  openTransferTarget(): Promise<TransferTarget> {
    return SqliteTransferTarget.open(this.settings);
  }
}
