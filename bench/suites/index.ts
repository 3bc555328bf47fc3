import type { Measurement } from '../figures';
import type { Session } from '../session';
import { ablations } from './ablations';
import { cluster } from './cluster';
import { connections } from './connections';
import { fanOut, fanOutNormal } from './fan-out';
import { http } from './http';
import { ingest } from './ingest';
import { latency } from './latency';
import { memory } from './memory';
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
} satisfies Record<string, Suite>;

export type SuiteName = keyof typeof SUITES;
