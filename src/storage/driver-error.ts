import { QueryFailedError } from 'typeorm';

/** Unwraps the driver's error from TypeORM's. */
export function driverError(error: unknown): unknown {
  return error instanceof QueryFailedError ? error.driverError : error;
}
