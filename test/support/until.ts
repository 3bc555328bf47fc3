import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until the answer is true; the test's own time limit ends it otherwise. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(20);
}
