import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { Measurement } from '../figures';
import type { Session } from '../session';
import { CHAT } from '../targets';
import { measureFanOut, nameOf } from './fan-out';

const SERVER_URL = process.env.BENCH_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const REDIS_URL = process.env.BENCH_REDIS_URL ?? 'redis://127.0.0.1:6379';
const REPLICAS = [1, 2, 4];
const SIZE = { readers: 200, senders: 20, inFlight: 8 };
const LATENCY = { readers: 200, senders: 20, messagesPerSecond: 200, warmUpMs: 500 };

/** One chat on several replicas over PostgreSQL, without and with Redis between them; clients are spread over the replicas. */
export async function cluster(session: Session): Promise<Measurement[]> {
  if (!session.options.targets.includes(CHAT)) return [];
  const measurements: Measurement[] = [];
  const buses: Record<string, Record<string, string>> = { postgres: {}, redis: { REDIS_URL } };
  for (const [bus, settings] of Object.entries(buses)) {
    for (const count of REPLICAS) {
      await withDatabase(async (url) => {
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

/** A database of its own, dropped afterwards. Rejects where no PostgreSQL answers. */
async function withDatabase(use: (url: string) => Promise<void>): Promise<void> {
  const name = `chat_bench_${randomBytes(6).toString('hex')}`;
  const server = new Client({ connectionString: SERVER_URL });
  await server.connect();
  try {
    await server.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
    await use(String(Object.assign(new URL(SERVER_URL), { pathname: `/${name}` })));
  } finally {
    await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await server.end();
  }
}
