import type { Server, Socket } from 'node:net';
import type { Settings } from '../settings/settings';
import type { Metrics } from '../platform/metrics/metrics';
import type { AddressBudgets } from './address-budgets';
import { canonicalAddress } from './client-address';

/** Connections beyond those that hold a place, for requests, probes and refusals: of the whole limit, and at least so many. */
const FURTHER_SHARE = 0.1;
const MIN_FURTHER = 1_000;
/** The same for each address. */
const MIN_FURTHER_OF_ADDRESS = 100;
/**
 * How long a connection of an address that owes is not read, in milliseconds; if it still owes then, it is ended. Who is sent away at
 * once comes back at once, while the kernel's queue is still being emptied, and the others wait for the end of that.
 */
const OWING_MS = 1_000;

/**
 * Bounds the TCP connections of a server, in all and by address, so that nobody takes those of everybody else without asking for
 * anything, and keeps those of an address waiting that owes for what its requests have cost. A proxy that may name its clients has
 * as many as it wants: they are counted one by one.
 */
export function limitTcpConnections(
  server: Server,
  { MAX_CONNECTIONS: all, MAX_CONNECTIONS_PER_IP: each, HTTP_RATE }: Readonly<Settings>,
  isProxy: (address: string) => boolean,
  budgets: AddressBudgets,
  metrics: Metrics,
): void {
  const refused = (cause = 'too_many') => metrics.closed.inc({ cause });
  if (all > 0) {
    server.maxConnections = all + Math.max(MIN_FURTHER, Math.ceil(all * FURTHER_SHARE));
    server.on('drop', () => refused());
  }
  if (each === 0 && HTTP_RATE === 0) return;
  const keepWaiting = (socket: Socket, address: string): void => {
    socket.pause();
    const wait = setTimeout(() => {
      if (budgets.owesRequests(address)) {
        refused('owing');
        socket.destroy();
      } else {
        socket.resume();
      }
    }, OWING_MS);
    socket.once('close', () => clearTimeout(wait));
  };
  const open = new Map<string, number>();
  const known = new WeakSet<Socket>();
  server.on('connection', (socket: Socket) => {
    const { remoteAddress: peer = '' } = socket;
    // A declined upgrade is announced a second time.
    if (known.has(socket) || isProxy(peer)) return;
    known.add(socket);
    const address = canonicalAddress(peer);
    const count = (open.get(address) ?? 0) + 1;
    if (each > 0 && count > each + Math.max(MIN_FURTHER_OF_ADDRESS, Math.ceil(each * FURTHER_SHARE))) {
      refused();
      socket.destroy();
      return;
    }
    open.set(address, count);
    if (budgets.owesRequests(address)) keepWaiting(socket, address);
    socket.once('close', () => {
      const left = open.get(address)! - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
}
