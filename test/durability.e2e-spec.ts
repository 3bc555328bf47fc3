import fc from 'fast-check';
import { getRepositoryToken } from '@nestjs/typeorm';
import { DataSource, type Repository } from 'typeorm';
import { MemoryBus } from '../src/cluster/transports/memory-bus';
import { InFlightAppend } from '../src/messages/log/in-flight-append';
import { Message } from '../src/storage/entities/message.entity';
import { COMMITTED } from '../src/messages/feed/broadcast-batch';
import { MessageFeed } from '../src/messages/feed/message-feed';
import { StoredFeed } from '../src/messages/feed/stored-feed';
import { MessageLog } from '../src/messages/log/message-log';
import { Clock } from '../src/platform/lifecycle/clock';
import { Metrics } from '../src/platform/metrics/metrics';
import { append } from './support/append';
import { ChatClient } from './support/chat-client';
import { newDatabase } from './support/database';
import { http } from './support/http';
import { startServer } from './support/server';
import { ServerProcess } from './support/server-process';

interface Listed {
  readonly id: number;
  readonly message: string;
}

async function listed(url: string): Promise<Listed[]> {
  const all: Listed[] = [];
  for (;;) {
    const { body } = await http(`${url}/api/messages?limit=1000&offset=${all.length}`);
    const { messages } = body as { messages: Listed[] };
    if (messages.length === 0) return all;
    all.push(...messages);
  }
}

it.each(['SIGKILL', 'SIGTERM'] as const)(
  '[D1] everything delivered is stored after %s, and ids continue',
  async (signal) => {
    const environment = { DATABASE_URL: await newDatabase() };
    const delivered: unknown[] = [];
    for (let round = 0; round < 3; round++) {
      const server = await ServerProcess.start(environment);
      const before = await listed(server.url);
      expect(before.map(({ id }) => id)).toEqual(before.map((_, i) => i + 1));
      const stored = before.map(({ message }) => message);
      expect(stored.filter((message) => delivered.includes(message))).toEqual(delivered);
      const [writer, reader] = [await ChatClient.open(server), await ChatClient.open(server)];
      for (let i = 0; i < 2000; i++) writer.sendMessage('max', `${round}/${i}`);
      for (let i = 0; i < 300; i++) delivered.push((await reader.nextOf('chat_message')).message);
      server.child.kill(signal);
      await reader.closed;
      const rest = reader.received.filter((frame) => frame.type === 'chat_message').map((frame) => frame.message);
      delivered.push(...rest);
      await server.exited;
    }
    const server = await ServerProcess.start(environment);
    const stored = (await listed(server.url)).map(({ message }) => message);
    expect(stored.filter((message) => delivered.includes(message))).toEqual(delivered);
    expect(new Set(stored).size).toBe(stored.length);
    await server.stop();
  },
  // Four starts, and thousands of messages flushed batch by batch.
  60_000,
);

it('[D5] the main connection is read-only', async () => {
  const server = await startServer();
  const dataSource = server.app.get(DataSource);
  await expect(dataSource.query('DELETE FROM messages')).rejects.toThrow(/read-?only/);
  await expect(dataSource.getRepository(Message).insert({ id: 1 })).rejects.toThrow();
  await server.stop();
});

it('[D6] the feed emits each message once, in order, without gaps, under any behaviour of the bus', async () => {
  const server = await startServer();
  const log = server.app.get(MessageLog);
  const COUNT = 1300;
  await Promise.all(Array.from({ length: COUNT }, (_, i) => append(log, 'max', String(i + 1))));
  const messages = server.app.get<Repository<Message>>(getRepositoryToken(Message));
  const source = server.app.get(StoredFeed);
  const stored = await messages.find({ order: { id: 'ASC' } });
  const range = fc.tuple(fc.integer({ min: 0, max: COUNT - 1 }), fc.integer({ min: 1, max: 200 }));
  await fc.assert(
    fc.asyncProperty(fc.array(range, { maxLength: 30 }), async (hints) => {
      const bus = new MemoryBus();
      const fromTheStart = {
        head: () => Promise.resolve(0),
        page: (after: number) => source.page(after),
        between: (...range: Parameters<StoredFeed['between']>) => source.between(...range),
      };
      const feed = new MessageFeed(fromTheStart, bus, new InFlightAppend(), new Clock(), server.app.get(Metrics));
      await feed.start();
      const seen: number[] = [];
      const complete = new Promise<void>((resolve) => {
        feed.subscribe((batch) => {
          seen.push(...batch.map(({ id }) => id));
          if (feed.lastId === COUNT) resolve();
        });
      });
      for (const [start, length] of hints) {
        bus.publish(COMMITTED, stored.slice(start, start + length));
        if (start % 3 === 0) await new Promise(setImmediate);
      }
      bus.publish(COMMITTED, stored.slice(-1));
      await complete;
      expect(seen).toEqual(stored.map(({ id }) => id));
    }),
    { numRuns: 40 },
  );
  await server.stop();
});

it('[D6] a failing listener does not affect the others', async () => {
  const server = await startServer({ LOG_LEVEL: 'error' });
  const feed = server.app.get(MessageFeed);
  const seen: number[] = [];
  const errors = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  feed.subscribe(() => {
    throw new Error('deliberate');
  });
  feed.subscribe((batch) => seen.push(...batch.map(({ id }) => id)));
  await append(server.app.get(MessageLog), 'max', 'x');
  errors.mockRestore();
  expect(seen).toEqual([1]);
  await server.stop();
});
