import type { StoredMessage } from '../../storage/stored-message';
import { Logger } from '@nestjs/common';
import { ManualClock, settled } from '../../../test/support/manual-clock';
import { idsOf, MemoryMessages, range, stored } from '../../../test/support/memory-messages';
import { MemoryNetwork } from '../../../test/support/memory-network';
import { Metrics } from '../../platform/metrics/metrics';
import { InFlightAppend } from '../log/in-flight-append';
import { COMMITTED } from './broadcast-batch';
import { FeedRecovery } from './feed-recovery';
import { FeedSequencer } from './feed-sequencer';
import { MessageFeed } from './message-feed';

beforeAll(() => {
  Logger.overrideLogger(false);
});

const metrics = new Metrics();

async function newFeed(messages = new MemoryMessages()) {
  const network = new MemoryNetwork();
  const [bus, other, clock, own] = [network.join(), network.join(), new ManualClock(), new InFlightAppend()];
  const feed = new MessageFeed(messages, bus, own, clock, metrics);
  await feed.start();
  const delivered: number[] = [];
  feed.subscribe((batch) => delivered.push(...idsOf(batch)));
  return { feed, messages, bus, other, clock, own, delivered };
}

it('begins after the newest stored message, and delivers own batches at once', async () => {
  const { feed, messages, bus, delivered } = await newFeed(new MemoryMessages(3));
  expect(feed.lastId).toBe(3);
  bus.publish(COMMITTED, messages.store(2));
  expect(delivered).toEqual([4, 5]);
  expect(idsOf(feed.inMemory(3, 5)!)).toEqual([4, 5]);
  expect(feed.inMemory(2, 5)).toBeUndefined();
});

it('reads a gap from the database when it stays open for 50 ms', async () => {
  const { messages, other, clock, delivered } = await newFeed();
  messages.store(9);
  const { reads } = messages;
  other.publish(COMMITTED, messages.store(1));
  await clock.advance(49);
  expect([delivered, messages.reads]).toEqual([[], reads]);
  await clock.advance(1);
  expect(delivered).toEqual(idsOf(range(1, 10)));
});

it('does not read a gap that closes by itself', async () => {
  const { messages, other, clock, delivered } = await newFeed();
  const { reads } = messages;
  const [first, second] = [messages.store(2), messages.store(2)];
  other.publish(COMMITTED, second);
  await clock.advance(40);
  other.publish(COMMITTED, first);
  await clock.advance(500);
  expect(delivered).toEqual([1, 2, 3, 4]);
  expect(messages.reads).toBe(reads);
});

it('queries the database after a second of silence, and not while the bus delivers', async () => {
  const { messages, other, clock, delivered } = await newFeed();
  const received = messages.store(1);
  const { reads } = messages;
  for (let i = 0; i < 5; i++) {
    other.publish(COMMITTED, received);
    await clock.advance(500);
  }
  expect(messages.reads).toBe(reads);
  messages.store(2);
  await clock.advance(2_000);
  expect(delivered).toEqual([1, 2, 3]);
});

it('catches up when the bus returns or carries only the topic, and retries while the database is down', async () => {
  const { feed, messages, bus, other, clock, delivered } = await newFeed();
  bus.connect(false);
  messages.store(2);
  bus.connect(true);
  await settled();
  expect(delivered).toEqual([1, 2]);
  messages.store(1);
  messages.isUp = false;
  other.publish(COMMITTED, undefined);
  await clock.advance(0);
  expect(await feed.catchUp()).toBe(false);
  messages.isUp = true;
  await clock.advance(2_000);
  expect(delivered).toEqual([1, 2, 3]);
});

it('leaves own messages to the log even if a recovery read them first', async () => {
  const { feed, messages, bus, own, delivered } = await newFeed();
  own.begin();
  const batch = messages.store(2);
  const caughtUp = feed.catchUp();
  await settled();
  expect(delivered).toEqual([]);
  bus.publish(COMMITTED, batch);
  own.end();
  expect(await caughtUp).toBe(true);
  expect(delivered).toEqual([1, 2]);
});

it('drops a message broadcast but not stored, and delivers the one stored under its id', async () => {
  const { messages, other, clock, delivered } = await newFeed();
  other.publish(COMMITTED, [stored(5, 'never stored')]);
  await clock.advance(100);
  expect(delivered).toEqual([]);
  other.publish(COMMITTED, messages.store(5));
  await settled();
  expect(delivered).toEqual([1, 2, 3, 4, 5]);
});

it('delivers to all listeners when one throws', async () => {
  const { feed, messages, bus, delivered } = await newFeed();
  const late: number[] = [];
  feed.subscribe(() => {
    throw new Error('deliberate');
  });
  feed.subscribe((batch) => late.push(...idsOf(batch)));
  bus.publish(COMMITTED, messages.store(2));
  expect([delivered, late]).toEqual([
    [1, 2],
    [1, 2],
  ]);
});

it('shares one answer of the database between calls, but never one requested before the call', async () => {
  const { feed, messages } = await newFeed();
  const { reads } = messages;
  const calls = [feed.catchUp(), feed.catchUp(), feed.catchUp()];
  messages.store(1);
  expect(await Promise.all(calls)).toEqual([true, true, true]);
  // Two reads of the newest id, one of the message.
  expect(messages.reads).toBe(reads + 3);
  expect(feed.lastId).toBe(1);
});

it('reports a database with fewer messages than delivered', async () => {
  const causes: string[] = [];
  const sequencer = new FeedSequencer<StoredMessage>(() => undefined);
  sequencer.begin(10);
  const [messages, clock, own] = [new MemoryMessages(5), new ManualClock(), new InFlightAppend()];
  const recovery = new FeedRecovery(sequencer, messages, own, clock, metrics, (cause) => causes.push(cause));
  await recovery.catchUp();
  expect(causes).toEqual(['the newest message in the database is 5']);
});
