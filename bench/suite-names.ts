/** In running order. */
export const SUITE_NAMES = [
  'fanout',
  'ingest',
  'latency',
  'stalls',
  'connections',
  'memory',
  'http',
  'startup',
  'soak',
  'normal',
  'ablations',
  'cluster',
  'postgres',
  'arrivals',
  'rude',
  'idle',
  'access',
] as const;

export type SuiteName = (typeof SUITE_NAMES)[number];

/** Suites that need other servers or take minutes; run only if named. */
export const IF_NAMED: readonly SuiteName[] = ['cluster', 'postgres', 'arrivals', 'rude', 'idle', 'access'];
