import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AppError } from '../errors/app-error';
import { errorResponse, retryAfterOf } from '../errors/error-response';
import type { Language } from '../errors/language';
import { challengeOf } from './challenge';
import { requestIdOf } from './request-id';
import { SECURITY_HEADERS } from './security-headers';

/** Time for the client to read the answer, in milliseconds. Some never end their side, and nothing else watches the connection. */
const LINGER_MS = 1_000;

/**
 * Answers with an `ErrorResponse` where there is no response object (a refused upgrade, unreadable HTTP), and closes. The caller
 * makes sure that no other answer is in progress (`AnswersInProgress`).
 */
export function sendRawHttpError(
  socket: Duplex,
  error: AppError,
  language: Language,
  now: number,
  headers: Readonly<Record<string, string>> = {},
  /** The request, where it could be read. */
  request?: IncomingMessage,
): void {
  // An earlier answer was the connection's last and is being flushed.
  if (!socket.writable) {
    endSoon(socket);
    return;
  }
  const body = JSON.stringify(errorResponse(error, language, now));
  const retryAfter = retryAfterOf(error);
  const challenge = challengeOf(error);
  const lines = Object.entries({
    'X-Request-Id': requestIdOf(request),
    ...SECURITY_HEADERS,
    ...(retryAfter !== undefined && { 'Retry-After': retryAfter }),
    ...(challenge !== undefined && { 'WWW-Authenticate': challenge }),
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  const head = `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${lines.join('')}\r\n`;
  socket.write(request?.method === 'HEAD' ? head : head + body);
  endSoon(socket);
}

/** Ends the connection once everything written is flushed, or after LINGER_MS. */
export function endSoon(socket: Duplex): void {
  if (socket.destroyed) return;
  const linger = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.on('error', () => socket.destroy()).once('close', () => clearTimeout(linger));
  // Keep reading, to see the client close, and because the kernel resets a connection with unread bytes and drops the answer.
  socket.resume().end();
}
