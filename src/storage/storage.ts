import type { DataSource } from 'typeorm';
import type { Clock } from '../platform/lifecycle/clock';
import type { Metrics } from '../platform/metrics/metrics';
import { withoutSecrets } from '../settings/database-url';
import type { Settings } from '../settings/settings';
import type { MessageWriter } from './message-writer';
import type { TransferSource, TransferTarget } from './transfer';

/** Name of the writable DataSource: `TypeOrmModule.forFeature([Mute], WRITABLE)`, `@InjectRepository(Mute, WRITABLE)`. */
export const WRITABLE = 'writable';

/**
 * The port to one kind of database. Owns the way from `DATABASE_URL` to open connections, and everything else in which the
 * kinds differ. Must not know which module reads or writes.
 */
export abstract class Storage {
  /** For the choice of a cluster bus; nothing else may depend on it. */
  abstract readonly kind: string;

  constructor(protected readonly settings: Readonly<Settings>) {}

  /** The URL, fit for logs. */
  get name(): string {
    return withoutSecrets(this.settings.DATABASE_URL);
  }

  /** Equal for URLs of the same database, as far as can be told without connecting. */
  abstract get identity(): string;

  /** An unconnected DataSource for the TypeORM command line and for migrations. */
  abstract createDataSource(): DataSource;

  /**
   * Waits for the database, reserves it if it allows a single server only, applies migrations, and opens the connections for
   * single-row writes. Must be called first. Messages are written by the `MessageWriter` instead.
   * @throws StartupError with the reason for the operator
   */
  abstract openWritable(): Promise<DataSource>;

  /**
   * Opens the connections for reading; writes over them fail.
   * @throws StartupError with the reason for the operator
   */
  abstract openReading(): Promise<DataSource>;

  abstract createWriter(clock: Clock, metrics: Metrics): MessageWriter;

  /** Releases the reservation of `openWritable`, once all connections are closed. */
  abstract release(): void;

  /** Whether a statement failed because the database is unavailable, as opposed to a bug in the statement. */
  abstract isOutage(error: unknown): boolean;

  /** Describes a failure of the database for operators, without quoting stored data; undefined for any other error. */
  abstract describeFailure(error: unknown): string | undefined;

  /** Retries a step of the start while the database is unavailable, up to a timeout. Rejects with the last error. */
  abstract retryUntilAvailable<Result>(step: () => Promise<Result>): Promise<Result>;

  /**
   * Opens the database read-only and keeps servers off it until the end of the process.
   * @throws StartupError when it is in use, absent, or of another version
   */
  abstract openTransferSource(): Promise<TransferSource>;

  /**
   * Opens, and creates where needed, the database for a bulk copy, and keeps servers off it until the end of the process.
   * @throws StartupError when it is in use or unusable
   */
  abstract openTransferTarget(): Promise<TransferTarget>;
}
