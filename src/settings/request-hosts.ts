import type { IncomingMessage } from 'node:http';
import type { Trust } from './proxy-trust';

/** The hosts that a request is addressed to: `Host`, and the first `X-Forwarded-Host` if set by a trusted proxy. */
export function hostsOf({ headers, socket }: IncomingMessage, isTrusted: Trust): string[] {
  const forwarded = headers['x-forwarded-host'];
  const hosts = [headers.host];
  if (forwarded !== undefined && isTrusted(socket.remoteAddress ?? '', 0)) {
    hosts.push(String(forwarded).split(',', 1)[0]!.trim());
  }
  return hosts.filter((host) => host !== undefined);
}
