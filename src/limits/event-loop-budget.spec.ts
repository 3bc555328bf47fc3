import { setImmediate as turn } from 'node:timers/promises';
import { Clock } from '../platform/lifecycle/clock';
import { EventLoopBudget } from './event-loop-budget';

class SlowClock extends Clock {
  now_ = 0;

  override monotonic(): number {
    return this.now_;
  }
}

describe('EventLoopBudget', () => {
  it('has time for newcomers until the budget of the turn is spent, and again in the next turn', async () => {
    const clock = new SlowClock();
    const eventLoop = new EventLoopBudget(clock);
    expect(eventLoop.hasTime).toBe(true);
    clock.now_ = 4;
    expect(eventLoop.hasTime).toBe(true);
    clock.now_ = 5;
    expect(eventLoop.hasTime).toBe(false);
    await turn();
    expect(eventLoop.hasTime).toBe(true);
  });

  it('resumes waiting newcomers in FIFO order, a few per turn, ahead of later ones', async () => {
    const eventLoop = new EventLoopBudget(new SlowClock());
    const resumed: number[] = [];
    for (let i = 0; i < 40; i++) eventLoop.wait(() => resumed.push(i));
    expect(eventLoop.hasTime).toBe(false);
    const after: number[] = [];
    while (resumed.length < 40) {
      await turn();
      after.push(resumed.length);
    }
    expect(after).toEqual([16, 32, 40]);
    expect(resumed).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(eventLoop.hasTime).toBe(true);
  });
});
