import type { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { refuseOtherSchemas } from '../migrate';
import type { Appended } from '../appended';
import { MESSAGE_FIELDS, STATE_FIELDS, type StoredMessage } from '../stored-message';
import { type Row, type TransferSource, TransferTarget } from '../transfer';
import { appendStatement, PREPARE_SESSION } from './append';
import { lockOutServers, SlowClient, transferConnection } from './lock';
import { migrateUnderLock, refuseOtherEncodings } from './open';
import { createPostgresDataSource, postgresOptions } from './options';
import { refuseMissingPrivileges } from './privileges';

const STATE = STATE_FIELDS.map((name) => ({ name, ...MESSAGE_FIELDS[name] }));
const RESTORE_STATE = `UPDATE messages SET ${STATE.map(({ name, column }) => `${column} = changed."${name}"`).join(', ')}
  FROM json_to_recordset($1) AS changed (id bigint, ${STATE.map(
    ({ name, type }) => `"${name}" ${type === 'integer' ? 'bigint' : 'text'}`,
  ).join(', ')}) WHERE messages.id = changed.id`;

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

/** Appends like a server, in one transaction a page. Owns the connection whose lock keeps servers from starting until `close`. */
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
    // The statement timeout of the server protects waiting senders; a copy has none.
    await client.query(`${PREPARE_SESSION}; SET statement_timeout = 0`);
    return new PostgresTransferTarget(await openReading(url), client);
  }

  async append(page: readonly StoredMessage[], accept: (appended: Appended) => void): Promise<void> {
    await this.client.query('BEGIN');
    const { rows } = await this.client.query<{ appended: Appended }>(appendStatement(page));
    accept(rows[0]!.appended);
    const changed = page.filter(({ changeId }) => changeId != null);
    if (changed.length > 0) await this.client.query(RESTORE_STATE, [JSON.stringify(changed)]);
    await this.client.query('COMMIT');
  }

  async replaceRows(table: string, columns: readonly string[], pages: AsyncIterable<readonly Row[]>): Promise<void> {
    const list = columns.map((column) => `"${column}"`).join(', ');
    await this.client.query(`DELETE FROM ${table}`);
    for await (const page of pages) {
      await this.client.query(
        `INSERT INTO ${table} (${list}) SELECT ${list} FROM json_populate_recordset(NULL::${table}, $1)`,
        [JSON.stringify(page)],
      );
    }
    // Ids of new rows follow those that were copied.
    const { rows } = await this.client.query<{ sequence: string }>(
      `SELECT pg_get_serial_sequence($1, column_name) AS sequence FROM information_schema.columns
       WHERE table_schema = current_schema() AND table_name = $1 AND pg_get_serial_sequence($1, column_name) IS NOT NULL`,
      [table],
    );
    for (const { sequence } of rows) {
      await this.client.query(`SELECT setval($1, (SELECT coalesce(max(id), 0) + 1 FROM ${table}), false)`, [sequence]);
    }
  }

  /** No-op: the function that appends catches up itself. */
  catchUp(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
    await this.client.end();
  }
}

/** A single read-only connection. */
function openReading(url: string): Promise<DataSource> {
  return createPostgresDataSource({
    ...postgresOptions(url),
    poolSize: 1,
    extra: { ...transferConnection(url), Client: SlowClient, options: '-c default_transaction_read_only=on' },
    poolErrorHandler: () => undefined,
  }).initialize();
}
