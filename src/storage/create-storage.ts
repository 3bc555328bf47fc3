import type { Settings } from '../settings/settings';
import { PostgresStorage } from './postgres/storage';
import { SqliteStorage } from './sqlite/storage';
import type { Storage } from './storage';

/** The kinds of databases by URL scheme. Another kind is a folder beside these, and a line here. */
const KINDS: readonly [scheme: RegExp, kind: new (settings: Readonly<Settings>) => Storage][] = [
  [/^sqlite:/, SqliteStorage],
  [/^postgres(ql)?:/, PostgresStorage],
];

/** Chooses the storage by `DATABASE_URL`; connects to nothing yet. */
export function createStorage(settings: Readonly<Settings>): Storage {
  const found = KINDS.find(([scheme]) => scheme.test(settings.DATABASE_URL));
  if (!found) throw new TypeError('DATABASE_URL passed validation without a storage for its scheme');
  return new found[1](settings);
}
