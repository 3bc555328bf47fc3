import type { Server } from 'node:net';
import type { Settings } from '../config/settings';
import type { Metrics } from '../metrics/metrics';

/** Connections beyond `MAX_CONNECTIONS` for requests, probes and those that are being refused. */
const MIN_FURTHER = 1_000;
const FURTHER_SHARE = 0.1;

/** Bounds the TCP connections of a server; the kernel closes one beyond at once. */
export function limitTcpConnections(server: Server, { MAX_CONNECTIONS }: Readonly<Settings>, metrics: Metrics): void {
  if (MAX_CONNECTIONS === 0) return;
  server.maxConnections = MAX_CONNECTIONS + Math.max(MIN_FURTHER, Math.ceil(MAX_CONNECTIONS * FURTHER_SHARE));
  server.on('drop', () => metrics.closed.inc({ cause: 'too_many' }));
}
