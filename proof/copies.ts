import { createReadStream, existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { markersOf } from './markers';
import type { Copy } from './stored';

/** The markers in the bytes of a file; empty if the file does not exist. */
export async function copyIn(path: string, name: string): Promise<Copy[]> {
  if (!existsSync(path)) return [];
  return [{ name, markers: await markersOf(createReadStream(path, { encoding: 'latin1' })) }];
}

/** A backup as SQLite makes it, page by page. */
export async function backUp(path: string, to: string): Promise<void> {
  const database = new Database(path, { readonly: true });
  try {
    await database.backup(to);
  } finally {
    database.close();
  }
}
