import type { Frame } from './support/chat-client';
import { ChatClient } from './support/chat-client';
import { edit, join, MODERATOR, remove, replayOf, say } from './support/changing-client';
import { cutOffBus } from './support/redis';
import { newDatabase, rowsOf } from './support/database';
import { startServer, type TestServer } from './support/server';
import { WITH_TOKENS } from './support/tokens';
import { until } from './support/until';

// A lost bus is noticed after a second.
jest.setTimeout(60_000);

let servers: TestServer[];
beforeEach(async () => {
  const environment = { ...WITH_TOKENS, DATABASE_URL: await newDatabase() };
  servers = [await startServer(environment)];
  servers.push(...(await Promise.all([startServer(environment), startServer(environment)])));
});
afterEach(() => Promise.all(servers.map((server) => server.stop())));

/** Messages and changes in order of arrival, up to the message with this text. */
async function framesUntil(client: ChatClient, text: string): Promise<Frame[]> {
  const frames: Frame[] = [];
  for (;;) {
    const frame = await client.next();
    if (frame.type === 'chat_message' || frame.type === 'message_changed') frames.push(frame);
    if (frame.message === text) return frames;
  }
}

/** Ids of the changes, and whether each message came before its first change. */
function orderOf(frames: readonly Frame[]): { changes: number[]; isBehindMessages: boolean } {
  const seen = new Set<unknown>();
  let isBehindMessages = true;
  const changes: number[] = [];
  for (const { type, id, change_id: changeId } of frames) {
    if (type === 'chat_message') seen.add(id);
    else {
      isBehindMessages &&= seen.has(id);
      changes.push(changeId as number);
    }
  }
  return { changes, isBehindMessages };
}

/** The replay of a new reader, from the first message and change on. */
const everything = async (server: TestServer) =>
  replayOf((await join(server, 'neu', { after: 0, after_change: 0 })).client);

describe.each(['with the bus', 'losing the bus'])('three replicas, %s', (how) => {
  it('[N12] changes made on any of them reach every reader in one order, behind their messages', async () => {
    const readers = await Promise.all(servers.map((server, i) => join(server, `leser-${i}`)));
    const writers = await Promise.all(servers.map((server, i) => join(server, `autor-${i}`)));
    await Promise.all(
      writers.map(async ({ client }, i) => {
        for (let round = 0; round < 5; round++) {
          if (how === 'losing the bus') await cutOffBus(servers[0]!.database);
          const [id, other] = await say(client, `${i}: ${round}`, `${i}: weg ${round}`);
          await edit(client, id!, `${i}: neu ${round}`);
          await remove(client, other!);
        }
      }),
    );
    await say(writers[0]!.client, 'Ende');
    const seen = await Promise.all(readers.map(({ client }) => framesUntil(client, 'Ende')));
    const stored = await rowsOf(servers[0]!.database, 'SELECT id FROM changes ORDER BY id');
    const expected = stored.map(({ id }) => id as number);
    expect(expected).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    for (const frames of seen) {
      const { changes, isBehindMessages } = orderOf(frames);
      // A change superseded before it was read may be missing.
      expect([changes, isBehindMessages]).toEqual([[...changes].sort((a, b) => a - b), true]);
      expect(changes.at(-1)).toBeLessThanOrEqual(30);
    }
    // A replica without the bus finds the last change up to a second later.
    for (const server of servers) await until(async () => (await everything(server)).replayed.last_change_id === 30);
    const states = await Promise.all(servers.map(everything));
    for (const { frames, replayed } of states) {
      expect(replayed).toMatchObject({ last_id: 31, last_change_id: 30 });
      expect(frames.filter(({ message }) => message === '')).toHaveLength(30);
    }
  });
});

it('[N12] a reader that switches replicas resumes at its position, even on one that lags', async () => {
  const { client: max } = await join(servers[0]!, 'max');
  const { client: moderator } = await join(servers[1]!, 'mod', {}, MODERATOR);
  const [id] = await say(max, 'eins');
  const { change_id: place } = await edit(max, id!, 'zwei');
  const { client: here } = await join(servers[2]!, 'eva', { after: id, after_change: place });
  expect((await replayOf(here)).frames).toEqual([]);
  const ack = await remove(moderator, id!);
  expect(ack).toMatchObject({ type: 'ack', change_id: (place as number) + 1 });
  expect(await here.nextOf('message_changed')).toMatchObject({ id, message: '', deleted_by: 'mod' });
  const { client: there } = await join(servers[0]!, 'eva', { after: id, after_change: place });
  expect((await replayOf(there)).frames).toMatchObject([{ type: 'message_changed', id, deleted_by: 'mod' }]);
});
