import type { Server, Socket } from 'node:net';
import type { Settings } from '../settings/settings';
import type { Metrics } from '../platform/metrics/metrics';
import type { AddressBudgets } from './address-budgets';
import { canonicalAddress } from './client-address';

/** TCP connections allowed beyond `MAX_CONNECTIONS`, as a share of it, for requests, probes and refusals. */
const HEADROOM_SHARE = 0.1;
/** Minimum of that headroom, in connections. */
const MIN_HEADROOM = 1_000;
/** Minimum headroom beyond `MAX_CONNECTIONS_PER_IP`, in connections. */
const MIN_HEADROOM_PER_ADDRESS = 100;
/**
 * Time before a connection of an address in debt is read, in milliseconds; if the debt remains, it is then closed. A client
 * closed at once would reconnect at once, and keep the accept loop busy while other clients wait.
 */
const DEBT_WAIT_MS = 1_000;

/**
 * Bounds the TCP connections of a server, in total and per address, so that one client cannot exhaust them with idle ones, and
 * delays those of an address in debt for its requests. Trusted proxies are exempt from the limits per address: their clients
 * are counted individually, by request.
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
    server.maxConnections = all + Math.max(MIN_HEADROOM, Math.ceil(all * HEADROOM_SHARE));
    server.on('drop', () => refused());
  }
  if (each === 0 && HTTP_RATE === 0) return;
  const delayInDebt = (socket: Socket, address: string): void => {
    socket.pause();
    const wait = setTimeout(() => {
      if (budgets.isInDebt(address)) {
        refused('in_debt');
        socket.destroy();
      } else {
        socket.resume();
      }
    }, DEBT_WAIT_MS);
    socket.once('close', () => clearTimeout(wait));
  };
  const open = new Map<string, number>();
  const known = new WeakSet<Socket>();
  server.on('connection', (socket: Socket) => {
    const { remoteAddress: peer = '' } = socket;
    // A declined upgrade emits `connection` a second time.
    if (known.has(socket) || isProxy(peer)) return;
    known.add(socket);
    const address = canonicalAddress(peer);
    const count = (open.get(address) ?? 0) + 1;
    if (each > 0 && count > each + Math.max(MIN_HEADROOM_PER_ADDRESS, Math.ceil(each * HEADROOM_SHARE))) {
      refused();
      socket.destroy();
      return;
    }
    open.set(address, count);
    if (budgets.isInDebt(address)) delayInDebt(socket, address);
    socket.once('close', () => {
      const left = open.get(address)! - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
}
