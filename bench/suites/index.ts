import type { Measurement } from '../figures';
import type { Session } from '../session';
import { ablations } from './ablations';
import { arrivals } from './arrivals';
import { cluster } from './cluster';
import { connections } from './connections';
import { fanOut, fanOutNormal } from './fan-out';
import { http } from './http';
import { idle } from './idle';
import { ingest } from './ingest';
import { latency } from './latency';
import { memory } from './memory';
import { postgres } from './postgres';
import { rude } from './rude';
import { soak } from './soak';
import { stalls } from './stalls';
import { startUp } from './start-up';

export type Suite = (session: Session) => Promise<Measurement[]>;

/** In the order in which they run. */
export const SUITES = {
  fanout: fanOut,
  ingest,
  latency,
  stalls,
  connections,
  memory,
  http,
  startup: startUp,
  soak,
  normal: fanOutNormal,
  ablations,
  cluster,
  postgres,
  arrivals,
  rude,
  idle,
} satisfies Record<string, Suite>;

export type SuiteName = keyof typeof SUITES;

/** What needs other servers, or minutes for itself. */
export const IF_NAMED: readonly SuiteName[] = ['cluster', 'postgres', 'arrivals', 'rude', 'idle'];
