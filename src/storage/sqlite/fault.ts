import { driverError } from '../driver-error';

/** SQLite's primary result codes (sqlite.org/rescode.html) whose cause is outside the program, described for operators. */
const FAULTS: Readonly<Record<string, string>> = {
  SQLITE_BUSY: 'it is locked by another process',
  SQLITE_CANTOPEN: 'it cannot be opened; check the path and its permissions',
  SQLITE_CORRUPT: 'it is corrupt; restore a backup',
  SQLITE_FULL: 'the disk is full',
  SQLITE_IOERR: 'the disk reports an input/output error',
  SQLITE_LOCKED: 'it is locked',
  SQLITE_NOTADB: 'it is not a SQLite database',
  SQLITE_PERM: 'access is denied',
  SQLITE_PROTOCOL: 'its locks do not work; do not put it on a network drive',
  SQLITE_READONLY: 'it is read-only',
};

/** Describes a fault of the database file; undefined for other errors, such as a mistake in a statement. */
export function sqliteFault(error: unknown): string | undefined {
  const code = sqliteCode(driverError(error));
  return code === undefined ? undefined : sqliteFaultOfCode(code);
}

/** The result code of a SQLite error, extended or not. Duck-typed: the driver's class differs between realms. */
export function sqliteCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined;
}

/** The same for a bare result code, extended (`SQLITE_IOERR_WRITE`) or not. */
export function sqliteFaultOfCode(code: string): string | undefined {
  return FAULTS[code.split('_').slice(0, 2).join('_')];
}

/** Whether another connection held the file's lock for longer than the statement waited. */
export function isBusy(error: unknown): boolean {
  return sqliteCode(driverError(error))?.startsWith('SQLITE_BUSY') === true;
}

/** Whether the connection was closed before the statement, which the driver reports without a code. */
export function isClosed(error: unknown): boolean {
  return /database connection is not open/.test((driverError(error) as Error | undefined)?.message ?? '');
}
