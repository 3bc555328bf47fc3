import type { Clock } from '../common/clock';
import { usesPostgres } from '../config/database-url';
import type { Settings } from '../config/settings';
import type { Metrics } from '../metrics/metrics';
import { chatIdentity } from './chat-identity';
import type { ClusterBus } from './cluster-bus';
import { LinkedBus } from './linked-bus';
import { MemoryBus } from './memory-bus';
import { PostgresLink } from './postgres-link';
import { RedisLink } from './redis-link';

/** The bus that the settings ask for: a database that replicas can share brings its own, Redis takes it over. */
export function makeBus(settings: Readonly<Settings>, metrics: Metrics, clock: Clock): ClusterBus {
  const { DATABASE_URL, REDIS_URL } = settings;
  if (!usesPostgres(settings)) return new MemoryBus();
  const identify = () => chatIdentity(settings);
  return REDIS_URL
    ? new LinkedBus('redis', identify, ({ database }) => new RedisLink(REDIS_URL, database), metrics, clock)
    : new LinkedBus('postgres', identify, () => new PostgresLink(DATABASE_URL), metrics, clock);
}
