import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { settled } from '../../../test/support/manual-clock';
import { Metrics } from '../../platform/metrics/metrics';
import { ChangeReplay } from './change-replay';
import { newChannel } from '../../../test/support/memory-channel';
import { LINES, LINES_WITHOUT_GAPS, MemorySink } from '../../../test/support/memory-sink';

beforeAll(() => {
  Logger.overrideLogger(false);
});

/** A model of a reader: the newest text of each message. */
function stateOf(sink: MemorySink): Map<number, string> {
  const state = new Map<number, string>();
  let newestChange = 0;
  for (const line of sink.lines) {
    const [first, ...rest] = line.split(' ');
    if (first !== 'change') {
      state.set(Number(first), rest.join(' '));
      continue;
    }
    const [changeId, id] = rest.map(Number) as [number, number];
    expect(changeId).toBeGreaterThan(newestChange);
    // Never before the message itself.
    expect([...state.keys()]).toContain(id);
    newestChange = changeId;
    state.set(id, rest.slice(2).join(' '));
  }
  return state;
}

it('sends a change to live readers in one write, and nothing to readers whose protocol has no form for it', async () => {
  const { hub, publish, change } = await newChannel();
  const [reader, other] = [new MemorySink(), new MemorySink()];
  hub.subscribe(reader, LINES).start(undefined);
  const silent = hub.subscribe(other, LINES_WITHOUT_GAPS);
  silent.start(undefined);
  publish(2);
  change(1, 2);
  expect(reader.lines.slice(2)).toEqual(['change 1 1 1 in 1', 'change 2 2 2 in 2']);
  expect(reader.writes).toHaveLength(2);
  expect(other.writes).toHaveLength(1);
  expect([silent.isLive, silent.changeCursor]).toEqual([true, 2]);
});

it('replays messages in their present state, then each changed one once', async () => {
  const { hub, publish, change } = await newChannel({ stored: 300 });
  for (let i = 0; i < 10; i++) change(7);
  change(8, 299);
  const sink = new MemorySink();
  const subscription = hub.subscribe(sink, LINES);
  subscription.start(298, undefined, undefined, 0);
  await subscription.ready;
  expect(sink.lines).toEqual([
    '299 299 in 12',
    '300 300',
    'change 10 7 7 in 10',
    'change 11 8 8 in 11',
    'change 12 299 299 in 12',
  ]);
  publish(1);
  change(1);
  expect(sink.lines.slice(5)).toEqual(['301 301', 'change 13 1 1 in 13']);
});

it('charges for changes that were superseded, as for short texts', async () => {
  const { changes, change } = await newChannel({ stored: 3 });
  for (let i = 0; i < 10; i++) change(1);
  change(2);
  const replay = new ChangeReplay(changes, new Metrics());
  const superseded = await replay.page(LINES, 0, 3);
  expect([superseded.frames.length, superseded.lastId, superseded.cost]).toEqual([0, 5, 5 * 32]);
  const newest = await replay.page(LINES, 10, 3);
  expect([newest.frames.toString(), newest.cost]).toEqual(['change 11 2 2 in 11\n', 32]);
});

it('replays no changes without a place among them, and never a text that is gone', async () => {
  const { hub, change } = await newChannel({ stored: 300 });
  const readAll = async () => {
    const sink = new MemorySink();
    const subscription = hub.subscribe(sink, LINES);
    subscription.start(0);
    await subscription.ready;
    return sink.lines;
  };
  expect((await readAll())[6]).toBe('7 7');
  change(7, 290);
  const again = await readAll();
  expect([again.length, again[6], again[289]]).toEqual([300, '7 7 in 1', '290 290 in 2']);
});

it('waits for the database with a place ahead of this replica, and falls back to the newest change', async () => {
  const { hub, messages, clock } = await newChannel({ stored: 3 });
  messages.change([1]);
  const sink = new MemorySink();
  const subscription = hub.subscribe(sink, LINES);
  subscription.start(3, undefined, undefined, 9);
  await clock.advance(1_000);
  expect([subscription.isLive, subscription.changeCursor, sink.lines]).toEqual([true, 1, []]);
});

type Step =
  | { readonly publish: number }
  | { readonly change: readonly number[] }
  | { readonly join: boolean }
  | { readonly read: number }
  | { readonly pause: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ publish: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ change: fc.array(fc.nat(30), { minLength: 1, maxLength: 6 }) }),
    fc.record({ join: fc.boolean() }),
    fc.record({ read: fc.nat(5) }),
    fc.record({ pause: fc.nat(5) }),
  ),
  { maxLength: 40 },
);

it('brings every reader to the same state, whatever it missed and however slow it is', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const { hub, messages, publish, change, clock } = await newChannel({ stored: 3, slowBytes: 40 });
      const sinks: MemorySink[] = [];
      for (const step of all) {
        if ('publish' in step) publish(step.publish);
        if ('change' in step) {
          const ids = step.change.map((n) => 1 + (n % messages.rows.length));
          change(...ids);
        }
        if ('join' in step) {
          const sink = new MemorySink(step.join);
          sinks.push(sink);
          hub.subscribe(sink, LINES).start(0, undefined, undefined, 0);
        }
        const sink = 'read' in step ? sinks[step.read] : 'pause' in step ? sinks[step.pause] : undefined;
        if (sink) sink.isReading = 'read' in step;
        if (sink?.isReading) sink.read();
        if (step === all.at(-1) || 'join' in step) await settled();
      }
      for (const sink of sinks) {
        sink.isReading = true;
        sink.read();
      }
      await clock.advance(3_000);
      const expected = new Map(messages.rows.map(({ id, message }) => [id, message]));
      for (const sink of sinks) expect(stateOf(sink)).toEqual(expected);
      for (const subscription of hub) expect(subscription.isLive).toBe(true);
    }),
    { numRuns: 200 },
  );
});
