import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds, settledBytes } from '../process-figures';
import { openClients, type ServerAddress } from './client';

export interface Idling {
  /** Connections that are there when the counting begins, so that what only the first ones cost is not counted. */
  readonly first: number;
  readonly further: number;
  /** How long to look at the processor time that they cost; 0: not at all. */
  readonly watchMs: number;
}

export interface IdlingResult {
  readonly bytesPerConnection: number;
  readonly serverCpuSeconds: number;
}

/** How much the resident memory of a server grows by connections that say nothing, and what it does while they do. */
export async function idling(server: ServerAddress, load: Idling): Promise<IdlingResult> {
  const clients = await openClients(server, load.first);
  const before = await settledBytes(server.pid);
  clients.push(...(await openClients(server, load.further)));
  const after = await settledBytes(server.pid);
  const cpuBefore = cpuSeconds(server.pid);
  await delay(load.watchMs);
  const serverCpuSeconds = cpuSeconds(server.pid) - cpuBefore;
  const failed = clients.find(({ failure }) => failure);
  for (const client of clients) client.close();
  if (failed) throw new Error(failed.failure);
  return { bytesPerConnection: (after - before) / load.further, serverCpuSeconds };
}
