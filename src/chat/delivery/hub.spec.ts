import { LINES, LINES_WITHOUT_GAPS, MemorySink } from '../../../test/support/memory-sink';
import { newChannel } from '../../../test/support/memory-channel';

it('encodes a batch once per encoding, and writes the same buffer once to each live reader', async () => {
  const { hub, publish } = await newChannel();
  const sinks = [new MemorySink(), new MemorySink(), new MemorySink()];
  for (const [i, sink] of sinks.entries()) hub.subscribe(sink, i < 2 ? LINES : LINES_WITHOUT_GAPS).start(undefined);
  publish(3);
  for (const sink of sinks) {
    expect(sink.writes).toHaveLength(1);
    expect(sink.ids).toEqual([1, 2, 3]);
  }
  expect(sinks[1]!.writes[0]).toBe(sinks[0]!.writes[0]);
  expect(sinks[2]!.writes[0]).not.toBe(sinks[0]!.writes[0]);
});

it('delivers nothing before a subscription starts or after it ends', async () => {
  const { hub, publish } = await newChannel();
  const [waiting, gone] = [new MemorySink(), new MemorySink()];
  hub.subscribe(waiting, LINES);
  const subscription = hub.subscribe(gone, LINES);
  subscription.start(undefined);
  publish(1);
  hub.unsubscribe(subscription);
  publish(1);
  expect([waiting.ids, gone.ids]).toEqual([[], [1]]);
  expect([...hub]).toHaveLength(1);
});

it('lets listeners write ahead of a batch', async () => {
  const { hub, publish } = await newChannel();
  const sink = new MemorySink();
  hub.subscribe(sink, LINES).start(undefined);
  hub.beforeBatch(() => sink.write(Buffer.from('joined\n')));
  publish(1);
  expect(sink.lines).toEqual(['joined', '1 1']);
});

it('knows the newest message, and catches up on request', async () => {
  const { hub, messages, publish } = await newChannel({ stored: 2 });
  const sink = new MemorySink();
  hub.subscribe(sink, LINES).start(undefined);
  expect(hub.lastId).toBe(2);
  publish(1);
  messages.store(4);
  await hub.caughtUp();
  expect([hub.lastId, sink.ids]).toEqual([7, [3, 4, 5, 6, 7]]);
});
