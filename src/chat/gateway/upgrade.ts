import type { IncomingMessage } from 'node:http';
import { AppError } from '../../platform/errors/app-error';
import { hasValidHost, isWellEncoded } from '../../platform/http/http-preconditions';

const ABSOLUTE_FORM = /^(?:http|ws)s?:\/\//i;

/** Headers of a 426: the protocol to upgrade to (RFC 9110, section 15.5.22) and its version (RFC 6455, section 4.4). */
export const UPGRADE_HEADERS = { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' } as const;

/** Whether `websocket` is among the offered protocols; if so, reduces the header to it, as `ws` requires. */
export function offersWebSocket({ headers }: IncomingMessage): boolean {
  if (headers.upgrade === 'websocket') return true;
  const offers = headers.upgrade?.toLowerCase().split(',') ?? [];
  const isOffered = offers.some((offer) => offer.trim() === 'websocket');
  if (isOffered) headers.upgrade = 'websocket';
  return isOffered;
}

/** Rewrites a target in absolute form, as some proxies send; its host overrides `Host` (RFC 9112, section 3.2.2). */
export function useOriginForm(request: IncomingMessage): void {
  const target = request.url!;
  if (!ABSOLUTE_FORM.test(target) || !URL.canParse(target)) return;
  const { host, pathname, search } = new URL(target);
  request.headers.host = host;
  request.url = pathname + search;
}

/** The path of a target in origin form, without a trailing slash. */
export function pathOf(target: string): string {
  const [path = ''] = target.split('?', 1);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Refuses handshakes that `ws` would accept, or refuse without the required headers. @throws AppError */
export function checkHandshake(request: IncomingMessage): void {
  const { method, httpVersion, headers } = request;
  if (method !== 'GET' || httpVersion === '1.0' || headers['sec-websocket-key'] === undefined) {
    throw new AppError('handshake');
  }
  // A body would be read as frames here, and as a body by a proxy in between.
  if (Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined) {
    throw new AppError('handshake');
  }
  if (!hasValidHost(request)) throw new AppError('http_host');
  if (!isWellEncoded(request.url!)) throw new AppError('percent_encoding');
  if (headers['sec-websocket-version'] !== '13') throw new AppError('handshake_version');
}
