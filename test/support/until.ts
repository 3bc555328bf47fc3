import { setTimeout as delay } from 'node:timers/promises';

/** Polls the condition every 20 ms until it is true; bounded only by the timeout of the test. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(20);
}
