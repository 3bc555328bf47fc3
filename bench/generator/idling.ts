import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds, settledBytes } from '../process-figures';
import { openClients, type ServerAddress } from './client';

export interface Idling {
  /** Connections opened before counting begins, to exclude the cost of the first ones. */
  readonly first: number;
  readonly further: number;
  /** Milliseconds for which their CPU time is measured; 0: not measured. */
  readonly watchMs: number;
}

export interface IdlingResult {
  readonly bytesPerConnection: number;
  readonly serverCpuSeconds: number;
}

/** Growth of a server's resident memory by idle connections, and its CPU time meanwhile. */
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
