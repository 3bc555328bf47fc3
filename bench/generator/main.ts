import type { ServerAddress } from './client';
import { LOADS, type LoadOptions, type LoadName, type LoadReply, type LoadRequest, type LoadResult } from './loads';

type AnyLoad = (server: ServerAddress, options: LoadOptions<LoadName>) => Promise<LoadResult<LoadName>>;

/** The load generator's process: runs one load at a time on request of its parent, and exits with it. */
async function answer({ name, server, options }: LoadRequest): Promise<LoadReply> {
  try {
    return { result: await (LOADS[name] as AnyLoad)(server, options) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

process.on('message', (request: LoadRequest) => void answer(request).then((reply) => process.send!(reply)));
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole process group; the parent decides when to stop.
process.on('SIGINT', () => undefined);
