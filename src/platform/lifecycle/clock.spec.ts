import { ManualClock } from '../../../test/support/manual-clock';
import { Clock } from './clock';

describe('Clock', () => {
  it('fires a timer once, an interval until it is cancelled, and nothing after that', async () => {
    const clock = new Clock();
    const fired: string[] = [];
    clock.after(0, () => fired.push('cancelled'))();
    const stop = clock.every(1, () => fired.push('interval'));
    await clock.delay(5);
    while (!fired.includes('interval')) await clock.delay(1);
    stop();
    const count = fired.length;
    await clock.delay(5);
    expect(fired).toHaveLength(count);
    expect(new Set(fired)).toEqual(new Set(['interval']));
  });
});

describe('ManualClock', () => {
  it('fires timers in order of due time, including those set by a timer', async () => {
    const clock = new ManualClock();
    const fired: [string, number][] = [];
    const note = (name: string) => () => void fired.push([name, clock.monotonic()]);
    clock.after(30, note('late'));
    clock.after(10, () => {
      note('early')();
      clock.after(5, note('nested'));
    });
    clock.after(20, note('never'))();
    const stop = clock.every(12, note('each'));
    await clock.advance(25);
    stop();
    await clock.advance(25);
    expect(fired).toEqual([
      ['early', 10],
      ['each', 12],
      ['nested', 15],
      ['each', 24],
      ['late', 30],
    ]);
    expect([clock.monotonic(), clock.now() - Date.UTC(2024, 0, 1), clock.pending]).toEqual([50, 50, 0]);
  });

  it('settles the continuations of a delay before time advances', async () => {
    const clock = new ManualClock();
    const moments: number[] = [];
    void (async () => {
      for (let i = 0; i < 3; i++) {
        await clock.delay(10);
        moments.push(clock.monotonic());
      }
    })();
    await clock.advance(100);
    expect(moments).toEqual([10, 20, 30]);
  });
});
