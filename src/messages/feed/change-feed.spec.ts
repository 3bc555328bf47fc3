import { Logger } from '@nestjs/common';
import { ManualClock, settled } from '../../../test/support/manual-clock';
import { MemoryChanges, MemoryMessages } from '../../../test/support/memory-messages';
import { MemoryNetwork } from '../../../test/support/memory-network';
import { Metrics } from '../../platform/metrics/metrics';
import { InFlightAppend } from '../log/in-flight-append';
import { COMMITTED } from './broadcast-batch';
import { CHANGED } from './broadcast-changes';
import { ChangeFeed } from './change-feed';
import { MessageFeed } from './message-feed';

beforeAll(() => {
  Logger.overrideLogger(false);
});

const metrics = new Metrics();

async function newFeeds(messages = new MemoryMessages()) {
  const network = new MemoryNetwork();
  const [bus, other, clock, own] = [network.join(), network.join(), new ManualClock(), new InFlightAppend()];
  const feed = new MessageFeed(messages, bus, own, clock, metrics);
  const changes = new ChangeFeed(feed, new MemoryChanges(messages), bus, own, clock, metrics);
  /** `m3`: message 3; `c2:3`: change 2, of message 3; `c2`: superseded. */
  const events: string[] = [];
  const head = await changes.head();
  await feed.start();
  feed.subscribe((batch) => events.push(...batch.map(({ id }) => `m${id}`)));
  changes.subscribe((batch) => events.push(...batch.map(({ id, state }) => `c${id}${state ? `:${state.id}` : ''}`)));
  changes.start(head);
  return { feed, changes, messages, bus, other, clock, events };
}

it('delivers own changes at once, and begins behind those that are stored', async () => {
  const stored = new MemoryMessages(3);
  stored.change([1, 2]);
  const { changes, messages, bus, events } = await newFeeds(stored);
  expect(changes.lastId).toBe(2);
  bus.publish(CHANGED, messages.change([3, 1]));
  expect(events).toEqual(['c3:3', 'c4:1']);
  expect(changes.lastId).toBe(4);
});

it('holds a change back until its message is delivered, and asks for the message', async () => {
  const { changes, messages, other, clock, events } = await newFeeds(new MemoryMessages(1));
  const batch = messages.store(1);
  other.publish(CHANGED, messages.change([1, 2, 1]));
  await settled();
  expect(events).toEqual(['c1:1']);
  expect(changes.lastId).toBe(1);
  other.publish(COMMITTED, batch);
  await settled();
  expect(events).toEqual(['c1:1', 'm2', 'c2:2', 'c3:1']);
  messages.store(1);
  other.publish(CHANGED, messages.change([3]));
  await clock.advance(50);
  expect(events.slice(4)).toEqual(['m3', 'c4:3']);
});

it('reads what the bus lost, once a gap stays open; superseded changes come without a state', async () => {
  const { messages, other, clock, events } = await newFeeds(new MemoryMessages(2));
  messages.change([1, 2, 1, 1]);
  other.publish(CHANGED, messages.change([2]));
  await clock.advance(49);
  expect(events).toEqual([]);
  await clock.advance(1);
  expect(events).toEqual(['c1', 'c2', 'c3', 'c4:1', 'c5:2']);
});

it('finds by itself what it never heard of, also more than a page', async () => {
  const { messages, clock, events } = await newFeeds(new MemoryMessages(30));
  messages.change(Array.from({ length: 30 }, (_, i) => i + 1));
  await clock.advance(2_000);
  expect(events).toEqual(Array.from({ length: 30 }, (_, i) => `c${i + 1}:${i + 1}`));
});

it('drops repeats, and refuses payloads of another form or with a gap', async () => {
  const { messages, bus, other, events } = await newFeeds(new MemoryMessages(5));
  const [first, second, third] = messages.change([1, 2, 3]);
  bus.publish(CHANGED, [first]);
  other.publish(CHANGED, [first]);
  other.publish(CHANGED, [first, second]);
  await settled();
  expect(events).toEqual(['c1:1', 'c2:2']);
  for (const payload of [[], 'x', [second, second], [{ ...third, changeId: undefined }], [{ ...third, message: '' }]]) {
    expect(() => bus.deliverFrom(CHANGED, payload, 'another')).toThrow(TypeError);
  }
});

it('keeps messages in memory in their present state', async () => {
  const { feed, messages, bus } = await newFeeds();
  bus.publish(COMMITTED, messages.store(3));
  bus.publish(CHANGED, messages.change([2]));
  expect(feed.inMemory(0, 3)!.map(({ message }) => message)).toEqual(['1', '2 in 1', '3']);
});
