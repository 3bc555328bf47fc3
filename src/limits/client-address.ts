import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import proxyAddr from 'proxy-addr';
import type { Trust } from '../settings/proxy-trust';

/**
 * Who is at the other end, in the one form that sockets, streams and HTTP requests are counted by: an IPv4 address (also of
 * an IPv6 one that maps it), or the /64 of an IPv6 one, which is what one customer has. Proxies may add ports and brackets.
 * What a trusted proxy names that is no address counts as the proxy itself.
 */
export function clientAddress(request: IncomingMessage, isTrusted: Trust): string {
  const peer = request.socket.remoteAddress ?? '';
  if (!isTrusted(peer, 0)) return canonicalAddress(peer);
  const hops = proxyAddr.all(request).map(withoutPort);
  let client = 0;
  while (client < hops.length - 1 && isTrusted(hops[client]!, client) && isIP(hops[client + 1]!)) client++;
  return canonicalAddress(hops[client]!);
}

/** `203.0.113.6:40001`, `[2001:db8::1]:443`, `fe80::1%eth0`: the address alone. */
function withoutPort(given: string | undefined): string {
  const address = /^\[([^\]]*)\](?::\d+)?$/.exec(given ?? '')?.[1] ?? given ?? '';
  const [host = '', port] = address.split(':');
  return (port !== undefined && address === `${host}:${port}` ? host : address).replace(/%.*$/s, '').trim();
}

/** The form in which an address is counted. */
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
