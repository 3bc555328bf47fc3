import type { DataSource } from 'typeorm';
import type { Appended } from './appended';
import type { StoredMessage } from './stored-message';

/** Values by column. */
export type Row = Readonly<Record<string, unknown>>;

/** The database that a chat is copied from; no server can start on it. */
export interface TransferSource {
  /** Read-only. */
  readonly dataSource: DataSource;

  /** Closes the connections, then lets servers start. */
  close(): Promise<void>;
}

/** The database that a chat is copied to; no server can start on it. */
export abstract class TransferTarget {
  constructor(
    /** Read-only. */
    readonly dataSource: DataSource,
  ) {}

  /** Stores a page, in its current state, as one transaction, which is rolled back when `accept` throws. */
  abstract append(page: readonly StoredMessage[], accept: (appended: Appended) => void): Promise<void>;

  /** Replaces all rows of a table other than `messages`. */
  abstract replaceRows(table: string, columns: readonly string[], pages: AsyncIterable<readonly Row[]>): Promise<void>;

  /** Brings counters and user index up to date. */
  abstract catchUp(): Promise<void>;

  /** Closes the connections, then lets servers start. */
  abstract close(): Promise<void>;
}
