import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { settled } from '../../../test/support/manual-clock';
import { newChannel } from '../../../test/support/memory-channel';
import { idsOf, range } from '../../../test/support/memory-messages';
import { LINES, LINES_WITHOUT_GAPS, MemorySink } from '../../../test/support/memory-sink';
import { AddressBudget } from '../../limits/address-budget';

beforeAll(() => {
  Logger.overrideLogger(false);
});

/** Maximum size of a page in the `LINES` encoding with ids below 10,000. */
const MAX_PAGE_BYTES = 256 * 10;

const ids = (from: number, to: number) => idsOf(range(from, to));

it('begins with the next message without a cursor', async () => {
  const { hub, publish } = await newChannel({ stored: 3 });
  const sink = new MemorySink();
  hub.subscribe(sink, LINES).start(undefined);
  publish(2);
  expect(sink.ids).toEqual([4, 5]);
});

it('resumes after its cursor, and reports when it is placed and when it is live', async () => {
  const { hub, publish } = await newChannel({ stored: 300 });
  const sink = new MemorySink();
  const events: string[] = [];
  const note = (event: string) => () => void events.push(`${event} after ${sink.ids.length}`);
  const subscription = hub.subscribe(sink, LINES);
  subscription.start(10, note('placed'), note('live'));
  publish(1);
  await subscription.ready;
  publish(1);
  expect(events).toEqual(['placed after 0', 'live after 291']);
  expect(sink.ids).toEqual(ids(11, 302));
});

it('waits for the database with a cursor ahead of this replica, and falls back to the end of the log', async () => {
  const { hub, messages, clock } = await newChannel({ stored: 2 });
  const [known, beyond] = [new MemorySink(), new MemorySink()];
  const placed: number[] = [];
  messages.store(3);
  messages.isUp = false;
  const subscriptions = [known, beyond].map((sink, i) => {
    const subscription = hub.subscribe(sink, LINES);
    subscription.start([4, 99][i], () => placed.push(subscription.cursor));
    return subscription;
  });
  await clock.advance(3_000);
  expect(placed).toEqual([]);
  messages.isUp = true;
  await clock.advance(2_000);
  expect(placed).toEqual([4, 5]);
  expect(subscriptions.map(({ isLive, cursor }) => [isLive, cursor])).toEqual([
    [true, 5],
    [true, 5],
  ]);
  expect([known.ids, beyond.ids]).toEqual([[5], []]);
});

it('gets no live messages while too much is unsent, and each of them once when it reads', async () => {
  const { hub, publish } = await newChannel({ slowBytes: 30 });
  const sink = new MemorySink(false);
  const subscription = hub.subscribe(sink, LINES);
  subscription.start(undefined);
  for (let i = 0; i < 50; i++) publish(1);
  const { unsent } = sink;
  expect([subscription.isLive, unsent < 60]).toEqual([false, true]);
  sink.isReading = true;
  sink.read();
  await subscription.ready;
  publish(1);
  expect(sink.ids).toEqual(ids(1, 51));
});

it('becomes slow sooner while memory is tight', async () => {
  const { hub, slow, publish } = await newChannel({ slowBytes: 10_000_000 });
  const sink = new MemorySink(false);
  const subscription = hub.subscribe(sink, LINES);
  subscription.start(undefined);
  sink.write(Buffer.alloc(100_000));
  publish(1);
  expect(subscription.isLive).toBe(true);
  slow.isTight = true;
  publish(1);
  expect(subscription.isLive).toBe(false);
  sink.close();
  await subscription.ready;
});

it('gets a gap beyond the replay limit, or is closed when its encoding has none', async () => {
  const { hub } = await newChannel({ stored: 50, replayLimit: 10 });
  const [notified, closed] = [new MemorySink(), new MemorySink()];
  const subscriptions = [hub.subscribe(notified, LINES), hub.subscribe(closed, LINES_WITHOUT_GAPS)];
  for (const subscription of subscriptions) subscription.start(20);
  for (const { ready } of subscriptions) await ready;
  expect(notified.lines[0]).toBe('gap 21 40');
  expect(notified.ids.slice(20)).toEqual(ids(41, 50));
  expect(closed).toMatchObject({ isClosedTooSlow: true, ids: [] });
});

it('waits for the read allowance of its address, and charges what it sends', async () => {
  const { hub, clock } = await newChannel({ stored: 600 });
  const allowance = { rate: 1_000, burst: 100 };
  const address = new AddressBudget(
    {
      history: allowance,
      frames: undefined,
      messages: undefined,
      names: undefined,
      handshakes: undefined,
      requests: undefined,
      authentications: undefined,
    },
    0,
  );
  const sink = new MemorySink(true, address);
  hub.subscribe(sink, LINES).start(0);
  await settled();
  expect(sink.ids).toEqual(ids(1, 256));
  await clock.advance(1_000);
  expect(sink.ids).toHaveLength(256);
  await clock.advance(10_000);
  expect(sink.ids).toEqual(ids(1, 600));
});

it('ends when its sink is closed, in any state', async () => {
  const { hub, messages, clock } = await newChannel({ stored: 5 });
  messages.isUp = false;
  const [reading, draining, ahead] = [new MemorySink(), new MemorySink(false), new MemorySink()];
  draining.write(Buffer.from('x\n'));
  const subscriptions = [reading, draining, ahead].map((sink) => hub.subscribe(sink, LINES));
  for (const [i, subscription] of subscriptions.entries()) subscription.start([0, 0, 9][i]);
  for (const sink of [reading, draining, ahead]) sink.close();
  await clock.advance(2_000);
  for (const { ready } of subscriptions) await ready;
  expect(subscriptions.map(({ isLive }) => isLive)).toEqual([false, false, false]);
});

it('gives every reader every message or gap once, in order, in any interleaving', async () => {
  const step = fc.oneof(
    fc.record({ does: fc.constant('publish'), count: fc.integer({ min: 1, max: 30 }) }),
    // Stored by another replica, with its broadcast lost.
    fc.record({ does: fc.constant('store'), count: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ does: fc.constantFrom('pause', 'read', 'resume', 'down', 'up', 'settle'), count: fc.constant(0) }),
    fc.record({ does: fc.constant('wait'), count: fc.integer({ min: 1, max: 1_500 }) }),
  );
  const options = fc.record({
    stored: fc.nat(40),
    replayLimit: fc.integer({ min: 20, max: 200 }),
    slowBytes: fc.nat(200),
  });
  const cursor = fc.option(fc.nat(60), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(options, cursor, fc.array(step, { maxLength: 40 }), async (given, after, steps) => {
      const { hub, messages, clock, feed, publish } = await newChannel(given);
      const sink = new MemorySink();
      const subscription = hub.subscribe(sink, LINES);
      // The model: every id after the initial cursor, as a message or within a gap.
      let begin: number | undefined;
      subscription.start(after, () => (begin = subscription.cursor));
      for (const { does, count } of steps) {
        if (does === 'publish') publish(count);
        if (does === 'store') messages.store(count);
        if (does === 'pause') sink.isReading = false;
        if (does === 'read') sink.read();
        if (does === 'resume') {
          sink.isReading = true;
          sink.read();
        }
        if (does === 'down' || does === 'up') messages.isUp = does === 'up';
        if (does === 'settle') await settled();
        if (does === 'wait') await clock.advance(count);
        const seen = sink.ids.map(Math.abs);
        if (seen.length > 0) expect(seen).toEqual(ids(begin! + 1, begin! + seen.length));
        // Unsent bytes are bounded by the slow-reader limit plus one page.
        expect(sink.unsent).toBeLessThan(given.slowBytes + MAX_PAGE_BYTES);
        if (begin !== undefined && subscription.isLive) expect(subscription.cursor).toBe(feed.lastId);
      }
      messages.isUp = sink.isReading = true;
      sink.read();
      await clock.advance(10_000);
      expect(begin).toBe(after === undefined ? given.stored : begin);
      expect(begin).toBeLessThanOrEqual(Math.max(after ?? 0, given.stored));
      expect(subscription).toMatchObject({ isLive: true, cursor: messages.rows.length });
      expect(sink.ids.map(Math.abs)).toEqual(ids(begin! + 1, messages.rows.length));
    }),
    { numRuns: 150 },
  );
});
