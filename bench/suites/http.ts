import type { Measurement, Sample } from '../figures';
import type { ServerProcess } from '../server-process';
import type { Session } from '../session';
import { fillDatabase, FREQUENT_USER } from '../fill-database';
import { CHAT, storedName } from '../targets';

const SIZES = [100, 10_000, 1_000_000] as const;
const CONNECTIONS = 8;
const WARM_UP_MS = 100;

/** Answers have the same length for every store size: fifty messages, or one row of numbers. */
const ENDPOINTS: Readonly<Record<string, (size: number) => string>> = {
  offset: (size) => `/api/messages?limit=50&offset=${size / 2}`,
  recent: () => '/api/messages/recent?limit=50',
  user: () => `/api/messages/user/${FREQUENT_USER}?limit=50`,
  stats: () => '/api/messages/stats',
};

/** The cost of reads, which must not grow with the store. */
export async function http(session: Session): Promise<Measurement[]> {
  if (!session.options.targets.includes(CHAT)) return [];
  const servers: ServerProcess[] = [];
  try {
    for (const size of SIZES) {
      process.stderr.write(`http: storing ${size} messages\n`);
      const folder = session.newFolder();
      await fillDatabase(`${folder}/chat.sqlite`, size);
      servers.push(await session.start({ ...CHAT, name: storedName(size), title: `${size} messages` }, { folder }));
    }
    const measure = (endpoint: string, server: ServerProcess) =>
      measureRequests(session, server, ENDPOINTS[endpoint]!(SIZES[servers.indexOf(server)]!));
    const endpoints = Object.keys(ENDPOINTS);
    // Unmeasured: the first requests run uncompiled code.
    for (const endpoint of endpoints) {
      for (const server of servers) await measure(endpoint, server);
    }
    const measurements: Measurement[] = [];
    for (const endpoint of endpoints) {
      const name = { suite: 'http', case: endpoint };
      measurements.push(...(await session.inTurn(name, servers, (server) => measure(endpoint, server))));
    }
    return measurements;
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

async function measureRequests(session: Session, server: ServerProcess, path: string): Promise<Sample> {
  const { requests, seconds, serverCpuSeconds } = await session.generator.run('httpRequests', server, {
    path,
    connections: CONNECTIONS,
    warmUpMs: WARM_UP_MS,
    // Half the usual length: requests are many and alike.
    measureMs: session.options.measureMs / 2,
  });
  return { requestsPerSecond: requests / seconds, cpuPerRequest: (serverCpuSeconds / requests) * 1000 };
}
