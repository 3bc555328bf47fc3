import type { Client } from 'pg';
import { getMetadataArgsStorage } from 'typeorm';
import { StartupError } from '../../platform/errors/startup-error';
import { SCHEMA } from '../schema';

const MIGRATIONS_TABLE = 'migrations';
/** The only table from which a server deletes rows: lifted and expired mutes and bans. */
const SHRINKING_TABLE = 'sanctions';
/** One call each: PostgreSQL reads a list of privileges as "any of them". */
const MAY_USE = [
  ...['SELECT', 'INSERT', 'UPDATE'].map((what) => `has_table_privilege(oid, '${what}')`),
  `(relname <> '${SHRINKING_TABLE}' OR has_table_privilege(oid, 'DELETE'))`,
].join(' AND ');

/** The user's privileges, and whether the tables exist. */
const RIGHTS = `SELECT current_user AS "user", current_schema() AS "schema", current_database() AS "database",
  has_schema_privilege(current_schema(), 'CREATE') AS "mayMakeTables",
  has_database_privilege(current_database(), 'TEMPORARY') AS "mayMakeTemporary",
  to_regclass('${MIGRATIONS_TABLE}') IS NULL AS "isEmpty"`;

/** Tables of another owner without the privileges this program needs. */
const FOREIGN_TABLES = `SELECT relname AS "table", pg_get_userbyid(relowner) AS "owner"
  FROM unnest($1::text[]) AS name JOIN pg_class ON oid = to_regclass(quote_ident(name))
  WHERE NOT (${MAY_USE}) ORDER BY relname LIMIT 1`;

interface Rights {
  readonly user: string;
  readonly schema: string | null;
  readonly database: string;
  readonly mayMakeTables: boolean;
  readonly mayMakeTemporary: boolean;
  readonly isEmpty: boolean;
}

/**
 * Checks privileges before the first use: an invisible table looks like a missing one until its creation fails.
 * @throws StartupError that names the missing privilege
 */
export async function refuseMissingPrivileges(client: Client): Promise<void> {
  const { rows } = await client.query<Rights>(RIGHTS);
  const { user, schema, database, mayMakeTables, mayMakeTemporary, isEmpty } = rows[0]!;
  const refuse = (lack: string) => new StartupError(`the database denies access: the user "${user}" ${lack}`);
  if (schema === null) throw refuse('may use no schema of its search_path; grant USAGE and CREATE on one');
  if (isEmpty && !mayMakeTables) throw refuse(`may not make tables in the schema "${schema}"; grant CREATE on it`);
  if (!mayMakeTemporary) throw refuse(`may not make temporary objects; grant TEMPORARY on the database "${database}"`);
  const foreign = await client.query<{ table: string; owner: string }>(FOREIGN_TABLES, [tables()]);
  const [first] = foreign.rows;
  if (first) throw refuse(`may not read and write the table "${first.table}", which belongs to "${first.owner}"`);
}

function tables(): string[] {
  const entities: readonly unknown[] = SCHEMA.entities;
  const ours = getMetadataArgsStorage().tables.filter(({ target }) => entities.includes(target));
  return [MIGRATIONS_TABLE, ...ours.map(({ name }) => name!)];
}
