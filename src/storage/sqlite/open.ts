import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { fileFault } from '../../platform/errors/file-fault';
import { StartupError } from '../../platform/errors/startup-error';
import type { Settings } from '../../settings/settings';
import { migrate } from '../migrate';
import { limitCheckpoints } from './connection';
import { sqliteFault } from './fault';
import { readingOptions, sqliteOptions, sqlitePath } from './options';
import { takeTurns } from './turn-taking';

/** "CHAT" as SQLite's application_id, which tells a foreign database from ours. */
const APPLICATION_ID = 0x43484154;

/** Files up to this many bytes get a full structure check at the start, which reads every page. */
const CHECKED_BYTES = 64 * 1024 * 1024;

/**
 * Checks the file, applies the migrations, and opens the connection for single-row writes.
 *
 * Hazard: a commit over it waits for the disk on the main thread, whatever the disk's pace, and its open transactions push the
 * group commit to the writer thread. Keep transactions short and rare.
 * @throws StartupError when the file is unusable, with the reason for the operator
 */
export function openWritable(settings: Readonly<Settings>): Promise<DataSource> {
  const path = sqlitePath(settings);
  return usable(path, async () => {
    inspectFile(path);
    const dataSource = await new DataSource(sqliteOptions(settings)).initialize();
    await migrate(dataSource);
    await limitCheckpoints(dataSource);
    return takeTurns(dataSource);
  });
}

/**
 * Opens a connection that only reads.
 * @throws StartupError when the file is unusable, with the reason for the operator
 */
export function openReading(settings: Readonly<Settings>): Promise<DataSource> {
  return usable(sqlitePath(settings), () => new DataSource(readingOptions(settings)).initialize());
}

/** @throws StartupError when the folder cannot be created */
export function makeFolderOf(path: string): void {
  try {
    makeFolder(dirname(path));
  } catch (error) {
    throw new StartupError(`cannot make the folder of the database ${path}: ${fileFault(error) ?? String(error)}`);
  }
}

/** Not by `recursive`: Node retries it forever if the parent exists and still answers ENOENT, as /proc does. */
function makeFolder(folder: string): void {
  const parent = dirname(folder);
  if (!existsSync(parent)) makeFolder(parent);
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(folder).isDirectory()) throw error;
  }
}

/** @throws StartupError when the file is unusable, with the reason for the operator */
export async function usable<Result>(path: string, open: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await open();
  } catch (error) {
    const fault = sqliteFault(error) ?? fileFault(error);
    throw fault ? new StartupError(`cannot use the database ${path}: ${fault}`) : error;
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
    // Written even when unchanged, so that a read-only or locked file is refused now and not at the first message.
    database.pragma(`application_id = ${APPLICATION_ID}`);
  } finally {
    database.close();
  }
}
