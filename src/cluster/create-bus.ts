import type { Clock } from '../platform/lifecycle/clock';
import type { Settings } from '../settings/settings';
import type { Storage } from '../storage/storage';
import type { Metrics } from '../platform/metrics/metrics';
import { chatIdentity } from './chat-identity';
import type { ClusterBus } from './cluster-bus';
import { TransportBus } from './transport-bus';
import { MemoryBus } from './transports/memory-bus';
import { PostgresTransport } from './transports/postgres-transport';

/** The bus for the settings: in memory on SQLite; over PostgreSQL, or over Redis where `REDIS_URL` is set. */
export async function createBus(
  settings: Readonly<Settings>,
  storage: Pick<Storage, 'kind'>,
  metrics: Metrics,
  clock: Clock,
): Promise<ClusterBus> {
  const { DATABASE_URL, REDIS_URL } = settings;
  if (storage.kind !== 'postgres') return new MemoryBus();
  const identify = () => chatIdentity(settings);
  if (!REDIS_URL) {
    return new TransportBus('postgres', identify, () => new PostgresTransport(DATABASE_URL), metrics, clock);
  }
  // Loaded on demand: the driver is a fifth of all modules loaded at startup.
  const { RedisTransport } = await import('./transports/redis-transport.js');
  return new TransportBus('redis', identify, ({ database }) => new RedisTransport(REDIS_URL, database), metrics, clock);
}
