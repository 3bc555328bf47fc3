import type { IncomingMessage } from 'node:http';
import type { Trust } from './proxy-trust';

/** The hosts that the request was for, by the client's words and, where it is trusted, by the proxy's in front of the server. */
export function hostsOf({ headers, socket }: IncomingMessage, isTrusted: Trust): string[] {
  const forwarded = headers['x-forwarded-host'];
  const hosts = [headers.host];
  if (forwarded !== undefined && isTrusted(socket.remoteAddress ?? '', 0)) {
    hosts.push(String(forwarded).split(',', 1)[0]!.trim());
  }
  return hosts.filter((host) => host !== undefined);
}
