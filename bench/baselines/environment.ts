import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the benchmark tells a server, the same to all of them. */
export const databasePath = process.env.DATABASE_URL!.slice('sqlite:'.length);
export const synchronous = process.env.SQLITE_SYNCHRONOUS ?? 'full';
export const HOST = '127.0.0.1';

/** Says where the server listens, and ends the process on request so that a profile of it is written. */
export function announce(server: Server): void {
  process.stdout.write(`ready at http://${HOST}:${(server.address() as AddressInfo).port}\n`);
  process.on('SIGTERM', () => process.exit(0));
}
