import { QueryFailedError } from 'typeorm';

/** What the driver threw, out of TypeORM's wrapping. */
export function driverError(error: unknown): unknown {
  return error instanceof QueryFailedError ? error.driverError : error;
}
