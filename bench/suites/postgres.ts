import { setTimeout as delay } from 'node:timers/promises';
import type { Measurement } from '../figures';
import { withPostgresDatabase } from '../postgres-database';
import type { ServerProcess } from '../server-process';
import type { Session } from '../session';
import { CHAT, ON_POSTGRES, ON_SQLITE } from '../targets';
import { warmUp } from './warm-up';

const IN_FLIGHT = [64, 1024];
/** Time after its start during which a replica publishes without knowing any other, in milliseconds. */
const UNTIL_ALONE_MS = 16_000;

/**
 * One client that stores as fast as it can, on PostgreSQL and on SQLite; then on PostgreSQL beside another replica, which
 * receives everything over the bus. CPU time excludes PostgreSQL's and the other replica's.
 */
export async function postgres(session: Session): Promise<Measurement[]> {
  if (!session.options.targets.includes(CHAT)) return [];
  return withPostgresDatabase((url) =>
    session.withServers([ON_SQLITE], {}, (overSqlite) =>
      session.withServers([ON_POSTGRES], { settings: { DATABASE_URL: url } }, async (overPostgres) => {
        const servers = [...overSqlite, ...overPostgres];
        await warmUp(session, servers);
        await delay(UNTIL_ALONE_MS);
        const alone = await measureAll(session, servers, '');
        const beside = await session.withServers([ON_POSTGRES], { settings: { DATABASE_URL: url } }, () =>
          measureAll(session, overPostgres, ', beside another replica'),
        );
        return [...alone, ...beside];
      }),
    ),
  );
}

async function measureAll(session: Session, servers: readonly ServerProcess[], where: string): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const inFlight of IN_FLIGHT) {
    const name = { suite: 'postgres', case: `one client, ${inFlight} in flight${where}` };
    // Unmeasured: V8 compiles code that the warm-up did not run.
    for (const server of servers) await measureIngest(session, server, inFlight);
    measurements.push(...(await session.inTurn(name, servers, (server) => measureIngest(session, server, inFlight))));
  }
  return measurements;
}

async function measureIngest(session: Session, server: ServerProcess, inFlight: number) {
  const load = {
    readers: 1,
    senders: 1,
    inFlight,
    warmUpMs: 400,
    timed: true,
    measureMs: session.options.measureMs * 2,
  };
  const { p50, deliveries, seconds, serverCpuSeconds } = await session.generator.run('closedLoop', server, load);
  return {
    p50: p50!,
    messagesPerSecond: deliveries / seconds,
    cpuPerMessage: (serverCpuSeconds / deliveries) * 1e6,
  };
}
