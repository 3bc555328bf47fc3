import { postgresFault } from './postgres/fault';
import { driverError } from './driver-error';
import { sqliteFault } from './sqlite/fault';

/** Whether a read failed because the database cannot be reached, rather than through a mistake of ours. */
export function isDatabaseOutage(error: unknown): boolean {
  const isClosed = /database connection is not open/.test((driverError(error) as Error | undefined)?.message ?? '');
  return isClosed || sqliteFault(error) !== undefined || postgresFault(error) !== undefined;
}
