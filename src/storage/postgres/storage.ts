import type { DataSource } from 'typeorm';
import type { MessageWriter } from '../message-writer';
import { Storage } from '../storage';
import type { TransferSource, TransferTarget } from '../transfer';
import { ConnectionAttempts } from './connection-attempts';
import { describeFailure, postgresFault } from './fault';
import { openReading, openWritable } from './open';
import { createPostgresDataSource, postgresOptions } from './options';
import { retryUntilAvailable } from './retry';
import { openTransferSource, PostgresTransferTarget } from './transfer';
import { PostgresWriter } from './writer';

/** A PostgreSQL database, which any number of replicas share. */
export class PostgresStorage extends Storage {
  readonly kind = 'postgres';
  private readonly attempts = new ConnectionAttempts();

  get identity(): string {
    return this.settings.DATABASE_URL;
  }

  createDataSource(): DataSource {
    return createPostgresDataSource(postgresOptions(this.settings.DATABASE_URL));
  }

  openWritable(): Promise<DataSource> {
    return openWritable(this.settings.DATABASE_URL, this.attempts);
  }

  openReading(): Promise<DataSource> {
    return openReading(this.settings.DATABASE_URL, this.attempts);
  }

  createWriter(): MessageWriter {
    return new PostgresWriter(this.settings, this.attempts);
  }

  release(): void {
    // Nothing is reserved: the locks of PostgreSQL end with their sessions.
  }

  isOutage(error: unknown): boolean {
    return postgresFault(error) !== undefined;
  }

  describeFailure(error: unknown): string | undefined {
    return describeFailure(error);
  }

  retryUntilAvailable<Result>(step: () => Promise<Result>): Promise<Result> {
    return retryUntilAvailable(step);
  }

  openTransferSource(): Promise<TransferSource> {
    return openTransferSource(this.settings.DATABASE_URL);
  }

  openTransferTarget(): Promise<TransferTarget> {
    return PostgresTransferTarget.open(this.settings.DATABASE_URL);
  }
}
