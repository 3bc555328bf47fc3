import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { fileFault } from '../../platform/errors/file-fault';
import { StartupError } from '../../platform/errors/startup-error';
import { sqliteFault } from './fault';

/**
 * Allows one server per database file by an exclusive lock on a file beside it. It is SQLite's own lock, so the kernel releases
 * it with the process, however that ends. The empty lock file may stay behind.
 */
export class SqliteLock {
  private constructor(private readonly database: Database.Database) {}

  /** @throws StartupError when another server holds the lock, or the folder is not writable */
  static acquire(path: string): SqliteLock {
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

/** The same for all paths to the file, symbolic links included; the file itself may not exist yet. */
function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
}
