import { isNativeError } from 'node:util/types';
import { DatabaseError } from 'pg';
import { NoAnswer, NotConnected } from './bounded-client';
import { driverError } from '../driver-error';

/**
 * PostgreSQL's error codes (postgresql.org/docs/current/errcodes-appendix.html) and their classes that mean trouble outside
 * the program, in operators' words. The longest match counts.
 */
const FAULTS: Readonly<Record<string, string>> = {
  '08': 'the connection failed',
  '25006': 'it is read-only; is it a standby?',
  '28': 'it denies access; check user and password',
  '3D': 'there is no such database',
  '42501': 'it denies access; check the privileges of the user',
  '53': 'it lacks resources',
  '53100': 'the disk is full',
  '53300': 'it has too many connections',
  '55P03': 'a lock on it is held too long',
  '57014': 'it takes too long',
  '57P01': 'it ended the connection',
  '57P02': 'it crashed',
  '57P03': 'it is starting or stopping',
  '58': 'the disk reports an error',
};

/** The same for the operating system's errors. */
const NETWORK_FAULTS: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'its host name cannot be resolved',
  EACCES: 'the connection is not allowed',
  EADDRNOTAVAIL: 'its host cannot be reached',
  ECONNREFUSED: 'nothing answers at this address',
  ECONNRESET: 'the connection broke',
  EHOSTDOWN: 'its host cannot be reached',
  EHOSTUNREACH: 'its host cannot be reached',
  ENETDOWN: 'its host cannot be reached',
  ENETUNREACH: 'its host cannot be reached',
  ENOENT: 'nothing answers at this address',
  ENOTFOUND: 'its host name cannot be resolved',
  EPIPE: 'the connection broke',
  ETIMEDOUT: 'the connection timed out',
};

/** What pg, its pool and TypeORM say, without a code, of connections that are gone or do not come about. */
const CONNECTION_GONE =
  /^(Connection terminated|timeout e|Client (has encountered a connection error|was closed)|Cannot use a pool after)|Driver not Connected|Connection with postgres database is not established/;

/** Answered by waiting: the server is not there yet, or not any more. */
const PASSING = /^(08|53300|57014|57P)/;

/** What is wrong with the server, or nothing when the error is of another kind (a mistake in a statement, say). */
export function postgresFault(error: unknown): string | undefined {
  const cause = driverError(error);
  // There is no list of all that TLS, SASL and the operating system may say.
  if (cause instanceof NotConnected) return postgresFault(cause.cause) ?? cause.message;
  if (cause instanceof NoAnswer) return 'it does not answer';
  // Not instanceof: errors of the operating system may come from another realm.
  if (!isNativeError(cause)) return undefined;
  const code = codeOf(cause);
  if (cause instanceof DatabaseError) return FAULTS[code] ?? FAULTS[code.slice(0, 2)];
  return NETWORK_FAULTS[code] ?? (CONNECTION_GONE.test(cause.message) ? 'the connection broke' : undefined);
}

/** Whether it makes sense to try again soon. */
export function isPassingFault(error: unknown): boolean {
  const cause = driverError(error);
  if (cause instanceof NotConnected) return isPassingFault(cause.cause);
  if (cause instanceof DatabaseError) return PASSING.test(codeOf(cause));
  return postgresFault(cause) !== undefined;
}

/**
 * The code of PostgreSQL or of the operating system, for those who look it up. Without one the driver's words must do where no
 * connection came about; elsewhere they may quote somebody's message.
 */
export function codeOf(error: unknown): string {
  const thrown = driverError(error);
  const cause = thrown instanceof NotConnected ? thrown.cause : thrown;
  if (isNativeError(cause) && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return thrown instanceof NotConnected && isNativeError(cause) ? cause.message : 'no code';
}
