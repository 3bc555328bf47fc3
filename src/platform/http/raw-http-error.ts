import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AppError } from '../errors/app-error';
import { errorResponse, retryAfterOf } from '../errors/error-response';
import type { Language } from '../errors/language';
import { requestIdOf } from './request-id';
import { SECURITY_HEADERS } from './security-headers';

/** So long a client may take the answer, in milliseconds. Some never end their side, and nothing else watches over the connection. */
const LINGER_MS = 1_000;

/**
 * Answers with an `ErrorResponse` where there is no response object (a refused upgrade, unreadable HTTP), and closes. Whoever calls
 * it has made sure that no other answer is under way (`AnswersUnderWay`).
 */
export function sendRawHttpError(
  socket: Duplex,
  error: AppError,
  language: Language,
  now: number,
  headers: Readonly<Record<string, string>> = {},
  /** What is answered, where that much could be read. */
  request?: IncomingMessage,
): void {
  // Otherwise something else was the last answer, and is on its way.
  if (!socket.writable) {
    endSoon(socket);
    return;
  }
  const body = JSON.stringify(errorResponse(error, language, now));
  const retryAfter = retryAfterOf(error);
  const lines = Object.entries({
    'X-Request-Id': requestIdOf(request),
    ...SECURITY_HEADERS,
    ...(retryAfter !== undefined && { 'Retry-After': retryAfter }),
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  const head = `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${lines.join('')}\r\n`;
  socket.write(request?.method === 'HEAD' ? head : head + body);
  endSoon(socket);
}

/** Ends the connection as soon as the client has taken what was written, or after a moment. */
export function endSoon(socket: Duplex): void {
  if (socket.destroyed) return;
  const linger = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.on('error', () => socket.destroy()).once('close', () => clearTimeout(linger));
  // To see the client's end, and because the kernel takes back the answer where something is left unread.
  socket.resume().end();
}
