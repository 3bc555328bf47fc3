import type { Measurement } from '../figures';
import { settledBytes } from '../process-figures';
import type { ServerProcess } from '../server-process';
import type { Session } from '../session';
import { CHAT, deliveredName, SOAK_MILLIONS } from '../targets';
import { COLLECTING } from './memory';

const LOAD = { readers: 100, senders: 20, inFlight: 8, warmUpMs: 0, measureMs: 500 };
const MIB = 1024 ** 2;

/**
 * Resident memory after more and more deliveries must not grow. Measured after a garbage collection, as V8 chooses how much
 * garbage to keep; the peak is reported too.
 */
export async function soak(session: Session): Promise<Measurement[]> {
  if (!session.options.targets.includes(CHAT)) return [];
  return session.withServers([CHAT], { nodeOptions: COLLECTING }, async ([server]) => {
    const measurements: Measurement[] = [];
    let delivered = 0;
    for (const millions of SOAK_MILLIONS) {
      process.stderr.write(`soak, up to ${millions} million deliveries\n`);
      let mostBytes = 0;
      while (delivered < millions * 1e6) {
        if (session.isLate) return measurements;
        delivered += await deliverSome(session, server!);
        mostBytes = Math.max(mostBytes, server!.residentBytes);
      }
      const bytes = await settledBytes(server!.address.pid);
      measurements.push({
        suite: 'soak',
        case: 'memory after so many deliveries',
        target: deliveredName(millions),
        rounds: { residentMib: [bytes / MIB], mostMib: [mostBytes / MIB] },
      });
    }
    return measurements;
  });
}

async function deliverSome(session: Session, server: ServerProcess): Promise<number> {
  return (await session.generator.run('closedLoop', server, LOAD)).deliveries;
}
