import { usesPostgres } from '../config/database-url';
import type { Settings } from '../config/settings';
import type { Metrics } from '../metrics/metrics';
import type { ClusterBus } from './cluster-bus';
import { databaseIdentity } from './database-identity';
import { LinkedBus } from './linked-bus';
import { MemoryBus } from './memory-bus';
import { PostgresLink } from './postgres-link';
import { RedisLink } from './redis-link';

/** The bus that the settings ask for: a database that replicas can share brings its own, Redis takes it over. */
export function makeBus(settings: Readonly<Settings>, metrics: Metrics): ClusterBus {
  const { DATABASE_URL, REDIS_URL } = settings;
  if (!usesPostgres(settings)) return new MemoryBus();
  if (!REDIS_URL) return new LinkedBus('postgres', () => new PostgresLink(DATABASE_URL), metrics);
  let identity: Promise<string> | undefined;
  const chat = () => {
    identity ??= databaseIdentity(DATABASE_URL);
    identity.catch(() => (identity = undefined));
    return identity;
  };
  return new LinkedBus('redis', () => new RedisLink(REDIS_URL, chat), metrics);
}
