import { allowDatabaseUrls, type DatabaseUrl } from '../settings/database-url';
import type { Settings } from '../settings/settings';
import { PostgresStorage } from './postgres/storage';
import { POSTGRES_URL } from './postgres/url';
import { SqliteStorage } from './sqlite/storage';
import { SQLITE_URL } from './sqlite/url';
import type { Storage } from './storage';

/** The kinds of databases by URL. Another kind is a folder beside these, and a line here. */
const KINDS: readonly [url: DatabaseUrl, kind: new (settings: Readonly<Settings>) => Storage][] = [
  [SQLITE_URL, SqliteStorage],
  [POSTGRES_URL, PostgresStorage],
];

allowDatabaseUrls(KINDS.map(([url]) => url));

/** Chooses the storage by `DATABASE_URL`; connects to nothing yet. */
export function createStorage(settings: Readonly<Settings>): Storage {
  const found = KINDS.find(([url]) => url.allows(settings.DATABASE_URL));
  if (!found) throw new TypeError('DATABASE_URL passed validation without a storage for it');
  return new found[1](settings);
}
