import { setImmediate as turn } from 'node:timers/promises';
import { Clock } from '../platform/lifecycle/clock';
import { Turns } from './turns';

class SlowClock extends Clock {
  now_ = 0;

  override monotonic(): number {
    return this.now_;
  }
}

describe('Turns', () => {
  it('has time for newcomers until the turn is long, and again in the next one', async () => {
    const clock = new SlowClock();
    const turns = new Turns(clock);
    expect(turns.hasTime).toBe(true);
    clock.now_ = 4;
    expect(turns.hasTime).toBe(true);
    clock.now_ = 5;
    expect(turns.hasTime).toBe(false);
    await turn();
    expect(turns.hasTime).toBe(true);
  });

  it('lets those who wait go on in order, a few in each turn, and nobody before them', async () => {
    const turns = new Turns(new SlowClock());
    const gone: number[] = [];
    for (let i = 0; i < 40; i++) turns.wait(() => gone.push(i));
    expect(turns.hasTime).toBe(false);
    const after: number[] = [];
    while (gone.length < 40) {
      await turn();
      after.push(gone.length);
    }
    expect(after).toEqual([16, 32, 40]);
    expect(gone).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(turns.hasTime).toBe(true);
  });
});
