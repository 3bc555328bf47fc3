/** In the order in which they run. */
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
] as const;

export type SuiteName = (typeof SUITE_NAMES)[number];

/** Suites that need other servers, or minutes of their own. */
export const IF_NAMED: readonly SuiteName[] = ['cluster', 'postgres', 'arrivals', 'rude', 'idle'];
