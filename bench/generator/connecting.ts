import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds } from '../process-figures';
import { openClients, type ServerAddress } from './client';

/** Pause after a load, in milliseconds: a server that is closing connections must not slow down the next one. */
const LEAVING_MS = 500;

export interface Connecting {
  readonly connections: number;
  readonly atOnce: number;
}

export interface ConnectingResult {
  readonly seconds: number;
  readonly serverCpuSeconds: number;
}

/** Opens connections, a few at a time, until all of them may send. */
export async function connecting(server: ServerAddress, load: Connecting): Promise<ConnectingResult> {
  const begin = performance.now();
  const cpuBefore = cpuSeconds(server.pid);
  const clients = await openClients(server, load.connections, load);
  const result = {
    seconds: (performance.now() - begin) / 1000,
    serverCpuSeconds: cpuSeconds(server.pid) - cpuBefore,
  };
  for (const client of clients) client.close();
  await delay(LEAVING_MS);
  return result;
}
