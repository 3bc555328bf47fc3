import type { Measurement } from '../figures';
import { withPostgresDatabase } from '../postgres-database';
import type { Session } from '../session';
import { CHAT } from '../targets';
import { measureFanOut, nameOf } from './fan-out';

const REDIS_URL = process.env.BENCH_REDIS_URL ?? 'redis://127.0.0.1:6379';
const REPLICAS = [1, 2, 4];
const SIZE = { readers: 200, senders: 20, inFlight: 8 };
const LATENCY = { readers: 200, senders: 20, messagesPerSecond: 200, warmUpMs: 500 };

/** One chat on several replicas on PostgreSQL, without and with Redis; clients are distributed over the replicas. */
export async function cluster(session: Session): Promise<Measurement[]> {
  if (!session.options.targets.includes(CHAT)) return [];
  const measurements: Measurement[] = [];
  const buses: Record<string, Record<string, string>> = { postgres: {}, redis: { REDIS_URL } };
  for (const [bus, settings] of Object.entries(buses)) {
    for (const count of REPLICAS) {
      await withPostgresDatabase(async (url) => {
        const target = { ...CHAT, name: `${count} × ${bus}`, title: `${count} replicas, bus ${bus}` };
        const targets = Array.from({ length: count }, () => target);
        const options = { settings: { DATABASE_URL: url, ...settings } };
        await session.withServers(targets, options, async (replicas) => {
          const [first] = replicas;
          first!.replicas = replicas;
          measurements.push(
            ...(await session.inTurn({ suite: 'cluster', case: nameOf(SIZE) }, [first!], (server) =>
              measureFanOut(session, server, SIZE),
            )),
            ...(await session.inTurn({ suite: 'cluster', case: '200 messages/s × 200 readers' }, [first!], (server) =>
              session.generator.run('fixedRate', server, { ...LATENCY, measureMs: session.options.measureMs * 4 }),
            )),
          );
        });
      });
    }
  }
  return measurements;
}
