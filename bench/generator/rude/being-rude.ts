import { setTimeout as delay } from 'node:timers/promises';
import type { ServerAddress } from '../client';
import { type RudeName, RUDENESS } from './rudeness';
import { Visit, type VisitResult } from './visit';

export interface BeingRude {
  readonly how: RudeName;
  readonly forMs: number;
}

/** One client that misbehaves in one way for a while. */
export async function beingRude(server: ServerAddress, { how, forMs }: BeingRude): Promise<VisitResult> {
  const visit = new Visit(server.port);
  const act = RUDENESS[how](visit);
  const over = delay(forMs);
  await Promise.race([act.then(() => over), over]);
  const { result } = visit;
  visit.end();
  return result;
}
