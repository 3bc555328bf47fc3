import { settledBytes } from '../process-figures';
import { openClients, type ServerAddress } from './client';

export interface Idling {
  /** Connections that are there when the counting begins, so that what only the first ones cost is not counted. */
  readonly first: number;
  readonly further: number;
}

export interface IdlingResult {
  readonly bytesPerConnection: number;
}

/** How much the resident memory of a server grows by connections that say nothing. */
export async function idling(server: ServerAddress, load: Idling): Promise<IdlingResult> {
  const clients = await openClients(server, load.first);
  const before = await settledBytes(server.pid);
  clients.push(...(await openClients(server, load.further)));
  const after = await settledBytes(server.pid);
  for (const client of clients) client.close();
  return { bytesPerConnection: (after - before) / load.further };
}
