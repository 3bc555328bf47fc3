import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The environment of every server. */
export const databasePath = process.env.DATABASE_URL!.slice('sqlite:'.length);
export const synchronous = process.env.SQLITE_SYNCHRONOUS ?? 'full';
export const HOST = '127.0.0.1';

/** Prints the server's URL, for which the bench waits, and exits on SIGTERM so that a CPU profile is written. */
export function reportReady(server: Server): void {
  process.stdout.write(`ready at http://${HOST}:${(server.address() as AddressInfo).port}\n`);
  process.on('SIGTERM', () => process.exit(0));
}
