import { Hub } from '../../src/chat/delivery/hub';
import { Replay } from '../../src/chat/delivery/replay';
import { SlowReaderLimit } from '../../src/chat/delivery/slow-reader-limit';
import { HistoryRate } from '../../src/limits/history-rate';
import { COMMITTED } from '../../src/messages/feed/broadcast-batch';
import { MessageFeed } from '../../src/messages/feed/message-feed';
import { InFlightAppend } from '../../src/messages/log/in-flight-append';
import { Metrics } from '../../src/platform/metrics/metrics';
import { ManualClock } from './manual-clock';
import { MemoryMessages } from './memory-messages';
import { MemoryNetwork } from './memory-network';

/** Shared by all channels of a spec file: creating a metrics registry takes a millisecond. */
const metrics = new Metrics();

interface Options {
  /** Messages stored before the channel starts. */
  readonly stored?: number;
  readonly replayLimit?: number;
  /** Maximum unsent bytes of a live reader. */
  readonly slowBytes?: number;
}

/** Feed, replay and hub over an in-memory database. */
export async function newChannel({ stored = 0, replayLimit = 1_000_000, slowBytes = 1_000 }: Options = {}) {
  const [messages, bus, clock] = [new MemoryMessages(stored), new MemoryNetwork().join(), new ManualClock()];
  const feed = new MessageFeed(messages, bus, new InFlightAppend(), clock, metrics);
  await feed.start();
  const replay = new Replay(feed, replayLimit, metrics);
  const slow = new SlowReaderLimit(slowBytes);
  const hub = new Hub(feed, { replay, slow, history: new HistoryRate(clock, metrics), metrics, clock });
  /** Stores messages and broadcasts them as one batch. */
  const publish = (count: number) => bus.publish(COMMITTED, messages.store(count));
  return { messages, clock, feed, replay, slow, hub, publish };
}
