import type { Clock } from '../platform/lifecycle/clock';
import { usesPostgres } from '../settings/database-url';
import type { Settings } from '../settings/settings';
import type { Metrics } from '../platform/metrics/metrics';
import { chatIdentity } from './chat-identity';
import type { ClusterBus } from './cluster-bus';
import { LinkedBus } from './transport-bus';
import { MemoryBus } from './transports/memory-bus';
import { PostgresLink } from './transports/postgres-transport';
import { RedisLink } from './transports/redis-transport';

/** The bus that the settings ask for: a database that replicas can share brings its own, Redis takes it over. */
export function makeBus(settings: Readonly<Settings>, metrics: Metrics, clock: Clock): ClusterBus {
  const { DATABASE_URL, REDIS_URL } = settings;
  if (!usesPostgres(settings)) return new MemoryBus();
  const identify = () => chatIdentity(settings);
  return REDIS_URL
    ? new LinkedBus('redis', identify, ({ database }) => new RedisLink(REDIS_URL, database), metrics, clock)
    : new LinkedBus('postgres', identify, () => new PostgresLink(DATABASE_URL), metrics, clock);
}
