import { existsSync } from 'node:fs';
import { StartupError } from '../../platform/errors/startup-error';
import { usesPostgres, withoutSecrets } from '../../settings/database-url';
import type { Settings } from '../../settings/settings';
import { sqlitePath } from '../../storage/database.options';
import { refuseOtherSchemas } from '../../storage/migrate';
import { SqliteLock } from '../../storage/sqlite/lock';
import { MessageReader } from './message-reader';
import { readPostgres, readSqlite } from './open-reading';
import { withoutServers } from './postgres-session';

/** The database that is moved. */
export interface Source {
  readonly reader: MessageReader;
  /** Lets servers use it again. */
  readonly release: () => Promise<void>;
}

/**
 * Opens the database that is moved, for reading only. No server can run on it until this process ends.
 * @throws StartupError when it cannot be moved
 */
export async function openSource(settings: Readonly<Settings>): Promise<Source> {
  const name = withoutSecrets(settings.DATABASE_URL);
  return usesPostgres(settings) ? openPostgres(settings, name) : openSqlite(settings, name);
}

async function openPostgres(settings: Readonly<Settings>, name: string): Promise<Source> {
  const client = await withoutServers(settings.DATABASE_URL);
  const dataSource = await readPostgres(settings);
  await refuseOtherSchemas(dataSource);
  return { reader: new MessageReader(name, dataSource), release: () => client.end() };
}

async function openSqlite(settings: Readonly<Settings>, name: string): Promise<Source> {
  const path = sqlitePath(settings);
  if (!existsSync(path)) throw new StartupError('there is no such file');
  const lock = SqliteLock.take(path);
  const dataSource = await readSqlite(settings);
  await refuseOtherSchemas(dataSource);
  const release = () => {
    lock.release();
    return Promise.resolve();
  };
  return { reader: new MessageReader(name, dataSource), release };
}
