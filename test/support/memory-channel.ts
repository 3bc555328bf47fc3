import { ChangeReplay } from '../../src/chat/delivery/change-replay';
import { Hub } from '../../src/chat/delivery/hub';
import { Replay } from '../../src/chat/delivery/replay';
import { SlowReaderLimit } from '../../src/chat/delivery/slow-reader-limit';
import { HistoryRate } from '../../src/limits/history-rate';
import { COMMITTED } from '../../src/messages/feed/broadcast-batch';
import { CHANGED } from '../../src/messages/feed/broadcast-changes';
import { ChangeFeed } from '../../src/messages/feed/change-feed';
import { MessageFeed } from '../../src/messages/feed/message-feed';
import { InFlightAppend } from '../../src/messages/log/in-flight-append';
import { Metrics } from '../../src/platform/metrics/metrics';
import { ManualClock } from './manual-clock';
import { MemoryChanges, MemoryMessages } from './memory-messages';
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
  const changes = new ChangeFeed(feed, new MemoryChanges(messages), bus, new InFlightAppend(), clock, metrics);
  const replay = new Replay(feed, replayLimit, metrics);
  const slow = new SlowReaderLimit(slowBytes);
  const hub = new Hub(feed, changes, {
    replay,
    changes: new ChangeReplay(changes, metrics),
    slow,
    history: new HistoryRate(clock, metrics),
    metrics,
    clock,
  });
  await feed.start();
  changes.start(await changes.head());
  /** Stores messages and broadcasts them as one batch. */
  const publish = (count: number) => bus.publish(COMMITTED, messages.store(count));
  /** Gives each message a new text, and broadcasts the changes as one batch. */
  const change = (...ids: number[]) => bus.publish(CHANGED, messages.change(ids));
  return { messages, clock, feed, changes, change, bus, replay, slow, hub, publish };
}
