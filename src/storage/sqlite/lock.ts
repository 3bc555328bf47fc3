import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { fileFault } from '../../platform/errors/file-fault';
import { StartupError } from '../../platform/errors/startup-error';
import { sqliteFault } from './fault';

/**
 * One server per database file: an exclusive lock on a file beside it. It is SQLite's own lock, so the kernel drops it
 * with the process, however that ends; the empty file may stay.
 */
export class SqliteLock {
  private constructor(private readonly database: Database.Database) {}

  /** @throws StartupError when another server holds the lock, or the folder cannot be written */
  static take(path: string): SqliteLock {
    try {
      const database = new Database(`${realPath(path)}.lock`, { timeout: 0 });
      database.exec('BEGIN EXCLUSIVE');
      return new SqliteLock(database);
    } catch (error) {
      const fault = sqliteFault(error) ?? fileFault(error) ?? String(error);
      if (fault.includes('locked')) throw new StartupError(`another server is already running on ${path}`);
      throw new StartupError(`cannot lock ${path}: ${path}.lock: ${fault}`);
    }
  }

  release(): void {
    this.database.close();
  }
}

/** The same for every way to the file, by symbolic links as well; the file itself may not be there yet. */
function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
}
