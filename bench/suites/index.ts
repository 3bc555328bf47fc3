import type { Measurement } from '../figures';
import type { Session } from '../session';
import type { SuiteName } from '../suite-names';
import { ablations } from './ablations';
import { access } from './access';
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

export const SUITES: Readonly<Record<SuiteName, Suite>> = {
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
  access,
};
