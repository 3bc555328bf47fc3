import type { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { refuseOtherSchemas } from '../migrate';
import type { Appended, StoredMessage } from '../stored-message';
import { type TransferSource, TransferTarget } from '../transfer';
import { appendStatement, PREPARE_SESSION } from './append';
import { lockOutServers, SlowClient, transferConnection } from './lock';
import { migrateUnderLock, refuseOtherEncodings } from './open';
import { createPostgresDataSource, postgresOptions } from './options';
import { refuseMissingPrivileges } from './privileges';

export async function openTransferSource(url: string): Promise<TransferSource> {
  const client = await lockOutServers(url);
  const dataSource = await openReading(url);
  await refuseOtherSchemas(dataSource);
  const close = async () => {
    await dataSource.destroy();
    await client.end();
  };
  return { dataSource, close };
}

export class PostgresTransferTarget extends TransferTarget {
  private constructor(
    dataSource: DataSource,
    private readonly client: Client,
  ) {
    super(dataSource);
  }

  static async open(url: string): Promise<PostgresTransferTarget> {
    const client = await lockOutServers(url);
    await refuseOtherEncodings(client);
    await refuseMissingPrivileges(client);
    await migrateUnderLock(url);
    // The server's statement timeout is for senders that wait.
    await client.query(`${PREPARE_SESSION}; SET statement_timeout = 0`);
    return new PostgresTransferTarget(await openReading(url), client);
  }

  async append(page: readonly StoredMessage[], accept: (appended: Appended) => void): Promise<void> {
    await this.client.query('BEGIN');
    const { rows } = await this.client.query<{ appended: Appended }>(appendStatement(page));
    accept(rows[0]!.appended);
    await this.client.query('COMMIT');
  }

  /** The function that appends does so itself. */
  catchUp(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
    await this.client.end();
  }
}

/** One connection that cannot write. */
function openReading(url: string): Promise<DataSource> {
  return createPostgresDataSource({
    ...postgresOptions(url),
    poolSize: 1,
    extra: { ...transferConnection(url), Client: SlowClient, options: '-c default_transaction_read_only=on' },
    poolErrorHandler: () => undefined,
  }).initialize();
}
