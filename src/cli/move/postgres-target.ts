import type { Client } from 'pg';
import { withoutSecrets } from '../../settings/database-url';
import type { Settings } from '../../settings/settings';
import { migrateOverOwnConnection, refuseOtherEncodings } from '../../storage/postgres/open';
import { refuseMissingPrivileges } from '../../storage/postgres/privileges';
import { appendStatement, PREPARE_SESSION } from '../../storage/postgres/append';
import type { Appended, StoredMessage } from '../../storage/stored-message';
import { MessageReader } from './message-reader';
import { readPostgres } from './open-reading';
import { withoutServers } from './postgres-session';
import { Target } from './target';

/** A PostgreSQL database, empty or not, which no server can use until this process ends. */
export class PostgresTarget extends Target {
  private constructor(
    reader: MessageReader,
    private readonly client: Client,
  ) {
    super(reader);
  }

  /** @throws StartupError when the database is unusable */
  static async open(settings: Readonly<Settings>): Promise<PostgresTarget> {
    const client = await withoutServers(settings.DATABASE_URL);
    await refuseOtherEncodings(client);
    await refuseMissingPrivileges(client);
    await migrateOverOwnConnection(settings.DATABASE_URL);
    // The server's limits are for who waits for an answer.
    await client.query(`${PREPARE_SESSION}; SET statement_timeout = 0`);
    const reader = new MessageReader(withoutSecrets(settings.DATABASE_URL), await readPostgres(settings));
    return new PostgresTarget(reader, client);
  }

  async append(page: readonly StoredMessage[]): Promise<void> {
    await this.client.query('BEGIN');
    const { rows } = await this.client.query<{ appended: Appended }>(appendStatement(page));
    this.refuseOtherIds(page, rows[0]!.appended);
    await this.client.query('COMMIT');
  }

  /** The function that appends does so itself. */
  follow(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.reader.close();
    await this.client.end();
  }
}
