import { isNativeError } from 'node:util/types';
import { DatabaseError } from 'pg';
import { NoAnswer, NotConnected } from './bounded-client';
import { driverError } from '../driver-error';

/**
 * PostgreSQL's error codes (postgresql.org/docs/current/errcodes-appendix.html), and their classes, whose cause is outside the
 * program, described for operators. A full code takes precedence over its class.
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

/** Messages of pg, its pool and TypeORM about lost or failed connections, which come without a code. */
const CONNECTION_GONE =
  /^(Connection terminated|timeout e|Client (has encountered a connection error|was closed)|Cannot use a pool after)|Driver not Connected|Connection with postgres database is not established/;

/** The server is starting, stopping or overloaded: worth a retry. */
const PASSING = /^(08|53300|57014|57P)/;

/** Describes a fault of the server or the network; undefined for other errors, such as a mistake in a statement. */
export function postgresFault(error: unknown): string | undefined {
  const cause = driverError(error);
  // TLS, SASL and the operating system have no common list of errors.
  if (cause instanceof NotConnected) return postgresFault(cause.cause) ?? cause.message;
  if (cause instanceof NoAnswer) return 'it does not answer';
  // Not instanceof: the operating system's errors may come from another realm.
  if (!isNativeError(cause)) return undefined;
  const code = codeOf(cause);
  if (cause instanceof DatabaseError) return FAULTS[code] ?? FAULTS[code.slice(0, 2)];
  return NETWORK_FAULTS[code] ?? (CONNECTION_GONE.test(cause.message) ? 'the connection broke' : undefined);
}

/** Whether a retry soon may succeed. */
export function isPassingFault(error: unknown): boolean {
  const cause = driverError(error);
  if (cause instanceof NotConnected) return isPassingFault(cause.cause);
  if (cause instanceof DatabaseError) return PASSING.test(codeOf(cause));
  return postgresFault(cause) !== undefined;
}

/**
 * Describes any failure of the database, with its code, for a program that exits because of it. PostgreSQL's message is omitted:
 * it may quote a stored value.
 */
export function describeFailure(error: unknown): string | undefined {
  const isRefused = driverError(error) instanceof DatabaseError;
  const reason = postgresFault(error) ?? (isRefused ? 'it refused a statement' : undefined);
  return reason && `${reason} (${codeOf(error)})`;
}

/**
 * The code of PostgreSQL or of the operating system. Without a code, the driver's message stands in for it, but only for a failed
 * connection: elsewhere it may quote a stored value.
 */
export function codeOf(error: unknown): string {
  const thrown = driverError(error);
  const cause = thrown instanceof NotConnected ? thrown.cause : thrown;
  if (isNativeError(cause) && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return thrown instanceof NotConnected && isNativeError(cause) ? cause.message : 'no code';
}
