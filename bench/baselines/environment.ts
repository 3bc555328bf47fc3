import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The environment of every server. */
export const databasePath = process.env.DATABASE_URL!.slice('sqlite:'.length);
export const synchronous = process.env.SQLITE_SYNCHRONOUS ?? 'full';
export const HOST = '127.0.0.1';

/** Prints where the server listens, and exits on a signal so that a CPU profile is written. */
export function announce(server: Server): void {
  process.stdout.write(`ready at http://${HOST}:${(server.address() as AddressInfo).port}\n`);
  process.on('SIGTERM', () => process.exit(0));
}
