import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type { DataSource } from 'typeorm';
import { fileFault } from '../../platform/errors/file-fault';
import { StartupError } from '../../platform/errors/startup-error';
import { createDataSource, type SqliteOptions } from '../database.options';
import { migrate } from '../migrate';
import { sqliteFault } from './fault';

/** "CHAT": SQLite's application_id, by which a foreign database is told from ours. */
const APPLICATION_ID = 0x43484154;

/** Files up to this many bytes get a full structure check at the start; it reads every page. */
const CHECKED_BYTES = 64 * 1024 * 1024;

/**
 * Opens the database of the options, applies the migrations, and leaves a connection that can only read: messages
 * are written over connections of the writer's own, by the writer thread or the main one.
 * @throws StartupError when the file is unusable, with the reason for the operator
 */
export async function openSqlite(options: SqliteOptions): Promise<DataSource> {
  const path = options.database;
  try {
    inspectFile(path);
    const dataSource = await createDataSource(options).initialize();
    await migrate(dataSource);
    await dataSource.query('PRAGMA query_only = ON');
    return dataSource;
  } catch (error) {
    const fault = sqliteFault(error) ?? fileFault(error);
    throw fault ? new StartupError(`cannot use the database ${path}: ${fault}`) : error;
  }
}

/** @throws StartupError when the folder cannot be made */
export function makeFolderOf(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw new StartupError(`cannot make the folder of the database ${path}: ${fileFault(error) ?? String(error)}`);
  }
}

function inspectFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new StartupError(`cannot use the database ${path}: it is a folder`);
  }
  const database = new Database(path);
  try {
    const isEmpty = database.prepare('SELECT 1 FROM sqlite_master').get() === undefined;
    if (!isEmpty && database.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
      throw new StartupError(`cannot use the database ${path}: it belongs to another program`);
    }
    if (statSync(path).size <= CHECKED_BYTES && database.pragma('quick_check(1)', { simple: true }) !== 'ok') {
      throw new StartupError(`cannot use the database ${path}: it is corrupt; restore a backup`);
    }
    // Writes even where nothing is new, so that a read-only or locked file is refused now and not at the first message.
    database.pragma(`application_id = ${APPLICATION_ID}`);
  } finally {
    database.close();
  }
}
