import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AppError } from './app-error';
import { errorResponse, retryAfterOf } from './error-response';
import type { Language } from './language';

/** So long a client may take the answer, in milliseconds. Some never end their side, and nothing else watches over the connection. */
const LINGER_MS = 1_000;

/** Answers with an `ErrorResponse` where there is no response object (a refused upgrade, unreadable HTTP), and closes. */
export function sendRawHttpError(
  socket: Duplex,
  error: AppError,
  language: Language,
  now: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(errorResponse(error, language, now));
  const retryAfter = retryAfterOf(error);
  const lines = Object.entries({
    ...headers,
    ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const linger = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(linger));
  // To see the client's end, and because the kernel takes back the answer where something is left unread.
  socket.resume();
  socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${lines.join('')}\r\n${body}`);
}
