import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import proxyAddr from 'proxy-addr';
import type { Trust } from '../settings/proxy-trust';

/**
 * The client's address in canonical form, by which sockets, streams and HTTP requests are counted: an IPv4 address (also for an
 * IPv4-mapped IPv6 one), or the /64 prefix of an IPv6 address, which is what one customer gets. Accepts ports and brackets in
 * `X-Forwarded-For`. An entry of a trusted proxy that is not an address counts as the proxy itself.
 */
export function clientAddress(request: IncomingMessage, isTrusted: Trust): string {
  const peer = request.socket.remoteAddress ?? '';
  if (!isTrusted(peer, 0)) return canonicalAddress(peer);
  const hops = proxyAddr.all(request).map(withoutPort);
  let client = 0;
  while (client < hops.length - 1 && isTrusted(hops[client]!, client) && isIP(hops[client + 1]!)) client++;
  return canonicalAddress(hops[client]!);
}

/** Strips port, brackets and zone: `203.0.113.6:40001`, `[2001:db8::1]:443`, `fe80::1%eth0`. */
function withoutPort(given: string | undefined): string {
  const address = /^\[([^\]]*)\](?::\d+)?$/.exec(given ?? '')?.[1] ?? given ?? '';
  const [host = '', port] = address.split(':');
  return (port !== undefined && address === `${host}:${port}` ? host : address).replace(/%.*$/s, '').trim();
}

/** An address without port or zone, in the form by which it is counted. */
export function canonicalAddress(address: string): string {
  if (!isIPv6(address)) return address;
  const groups = groupsOf(address);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (!isMapped)
    return `${groups
      .slice(0, 4)
      .map((group) => group.toString(16))
      .join(':')}::/64`;
  return [groups[6]! >> 8, groups[6]! & 0xff, groups[7]! >> 8, groups[7]! & 0xff].join('.');
}

/** The eight groups of a valid IPv6 address (RFC 4291, 2.2). */
function groupsOf(address: string): number[] {
  const text = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a: string, b: string, c: string, d: string) =>
    [(Number(a) << 8) | Number(b), (Number(c) << 8) | Number(d)].map((group) => group.toString(16)).join(':'),
  );
  const [head = '', tail] = text.split('::');
  const parse = (part: string) => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  const [first, last] = [parse(head), parse(tail ?? '')];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}
