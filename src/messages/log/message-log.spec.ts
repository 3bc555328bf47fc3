import { Logger } from '@nestjs/common';
import { ManualClock, settled } from '../../../test/support/manual-clock';
import { MemoryWriter } from '../../../test/support/memory-messages';
import { MemoryBus } from '../../cluster/transports/memory-bus';
import { AppError } from '../../platform/errors/app-error';
import { Drain } from '../../platform/lifecycle/drain';
import { Metrics } from '../../platform/metrics/metrics';
import type { ChangeRequest } from '../../storage/message-change';
import type { NewMessage, StoredMessage } from '../../storage/stored-message';
import { COMMITTED } from '../feed/broadcast-batch';
import { InFlightAppend } from './in-flight-append';
import type { AppendListener } from './listeners';
import { MessageLog } from './message-log';

beforeAll(() => {
  Logger.overrideLogger(false);
});

async function newLog() {
  const [writer, bus, clock, drain] = [new MemoryWriter(), new MemoryBus(), new ManualClock(), new Drain()];
  const log = new MessageLog(writer, bus, new InFlightAppend(), clock, drain, new Metrics());
  await log.onModuleInit();
  /** Listener calls and batches delivered to readers, in order. */
  const events: string[] = [];
  bus.subscribe<StoredMessage[]>(COMMITTED, (batch) => void events.push(`batch ${batch!.map(({ id }) => id).join()}`));
  const append = (message: string, clientId?: string, username = 'max') =>
    log.append({ id: 0, username, message, createdAt: 0, clientId }, new Listener(message, events));
  return { log, writer, clock, drain, events, append };
}

class Listener implements AppendListener {
  constructor(
    private readonly name: string,
    private readonly events: string[],
  ) {}

  onCommitted({ id }: StoredMessage): void {
    this.events.push(`${this.name} committed ${id}`);
  }

  onDelivered(): void {
    this.events.push(`${this.name} delivered`);
  }

  onRejected(_message: NewMessage, { message: reason }: AppError): void {
    this.events.push(`${this.name} rejected: ${reason}`);
  }
}

it('acknowledges before it delivers, in the order of the calls', async () => {
  const { log, writer, events, append } = await newLog();
  append('a');
  append('b');
  await log.flushed();
  expect(writer.batches).toEqual([2]);
  expect(events).toEqual(['a committed 1', 'b committed 2', 'batch 1,2', 'a delivered', 'b delivered']);
});

it('writes messages that arrive during a commit as the next batch, and reports none before it is stored', async () => {
  const { log, writer, events, append } = await newLog();
  const { begun, release } = writer.hold();
  append('first');
  await begun;
  for (let i = 0; i < 5; i++) append(String(i));
  await settled();
  expect(events).toEqual([]);
  release();
  await log.flushed();
  expect(writer.batches).toEqual([1, 5]);
});

it('bounds batches in messages and length of text', async () => {
  const { log, writer, append } = await newLog();
  for (let i = 0; i < 2_500; i++) append('x');
  await log.flushed();
  expect(writer.batches).toEqual([1_000, 1_000, 500]);
  for (const length of [200, 200, 200, 600, 1]) append('x'.repeat(length * 1024));
  await log.flushed();
  expect(writer.batches.slice(3)).toEqual([2, 1, 1, 1]);
});

it('answers a repeat like the original without storing it, and refuses a different text under its key', async () => {
  const { log, writer, events, append } = await newLog();
  append('a', 'key');
  append('a', 'key');
  append('b', 'key');
  append('c', 'key', 'eva');
  await log.flushed();
  expect(writer.messages.rows).toHaveLength(2);
  expect(events).toEqual([
    ...['b rejected: client_id_taken', 'a committed 1', 'a committed 1', 'c committed 2', 'batch 1,2'],
    ...['a delivered', 'a delivered', 'b delivered', 'c delivered'],
  ]);
});

it('refuses messages beyond its queue at once, and reports overload before', async () => {
  const { log, writer, append } = await newLog();
  const { begun, release } = writer.hold();
  append('first');
  await begun;
  for (let i = 0; i < 8_000; i++) append('x');
  expect(log.overloaded).toBe(true);
  for (let i = 0; i < 2_000; i++) append('x');
  expect(() => append('too much')).toThrow('queue_full');
  release();
  await log.flushed();
  expect(log.overloaded).toBe(false);
  append('again');
  await log.flushed();
});

it('reports overload by changes, too', async () => {
  const { log, writer, append } = await newLog();
  const { begun, release } = writer.hold();
  append('first');
  await begun;
  const rejected: unknown[] = [];
  const listener = {
    onChanged: () => undefined,
    onDelivered: () => undefined,
    onChangeRejected: (_request: ChangeRequest, error: AppError) => void rejected.push(error.message),
  };
  for (let id = 1; id <= 8_000; id++)
    log.change({ messageId: id, by: 'mod', isModerator: true, changeableSince: 0, at: 0 }, listener);
  expect(log.overloaded).toBe(true);
  writer.refusal = 'read-only';
  release();
  await log.flushed();
  expect([log.overloaded, rejected.length]).toEqual([false, 8_000]);
});

it('bounds the text in its queue', async () => {
  const { log, writer, append } = await newLog();
  const { begun, release } = writer.hold();
  append('first');
  await begun;
  for (let i = 0; i < 16; i++) append('x'.repeat(1024 * 1024));
  expect(() => append('too much')).toThrow('queue_full');
  release();
  await log.flushed();
});

it('refuses a batch that cannot be stored, and detects by itself when the database is back', async () => {
  const { log, writer, clock, events, append } = await newLog();
  writer.refusal = 'disk full';
  append('a');
  await log.flushed();
  expect(events).toEqual(['a rejected: write_failed']);
  expect(log.lastError).toBe('disk full');
  await clock.advance(5_000);
  expect(log.lastError).toBe('disk full');
  writer.refusal = undefined;
  await clock.advance(1_000);
  expect(log.lastError).toBeUndefined();
  expect(clock.pending).toBe(0);
});

it('recovers with the next batch that is stored', async () => {
  const { log, writer, events, append } = await newLog();
  writer.refusal = 'read-only';
  append('a');
  await log.flushed();
  writer.refusal = undefined;
  append('b');
  await log.flushed();
  expect(log.lastError).toBeUndefined();
  expect(events.slice(1)).toEqual(['b committed 1', 'batch 1', 'b delivered']);
});

it('refuses messages while draining, and ends after the accepted ones', async () => {
  const { log, drain, events, append } = await newLog();
  append('a');
  drain.active = true;
  expect(() => append('b')).toThrow('draining');
  await log.onApplicationShutdown();
  expect(events).toContain('a delivered');
});
