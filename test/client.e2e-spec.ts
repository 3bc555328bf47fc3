import { copyFileSync } from 'node:fs';
import { ChatClient, type Message } from '@chat-system/client';
import { history } from '@chat-system/client/history';
import { type OutboxStore, persist } from '@chat-system/client/outbox';
import { newDatabase } from './support/database';
import { Relay } from './support/relay';
import { startServer, type TestServer } from './support/server';
import { tokenOf, WITH_TOKENS } from './support/tokens';
import { filtering, idsFrom, join, live } from './support/typed-client';
import { until } from './support/until';

const textsOf = (messages: readonly Message[]) => messages.map(({ message }) => message);
const idsOf = (messages: readonly Message[]) => messages.map(({ id }) => id);
/** Sends messages without waiting in between; resolves to their ids. */
async function say({ chat }: { chat: ChatClient }, count: number, prefix = 'm'): Promise<number[]> {
  const receipts = await Promise.all(idsFrom(1, count).map((i) => chat.send(`${prefix}${i}`)));
  return receipts.map(({ id }) => id);
}

describe('what a client is given', () => {
  let server: TestServer;
  let relay: Relay;
  beforeAll(async () => {
    server = await startServer({ REPLAY_LIMIT: '50', ...WITH_TOKENS, AUTH_GUESTS: 'write' });
    relay = await Relay.to(server);
  });
  afterAll(async () => {
    await relay.stop();
    await server.stop();
  });

  it('[J1] is each message once and in order, its own included', async () => {
    const [eva, max] = [join(server, { username: 'eva' }), join(server, { username: 'max' })];
    await live(eva, max);
    const ids = await say(eva, 3);
    await until(() => [eva, max].every(({ delivered }) => delivered.messages.length === 3));
    for (const { delivered } of [eva, max]) {
      expect(idsOf(delivered.messages)).toEqual(ids);
      expect(delivered.messages[0]).toEqual({
        id: ids[0],
        username: '~eva',
        message: 'm1',
        timestamp: expect.stringMatching(/\.\d{3}Z$/),
      });
    }
  });

  it('[J2] resumes over cut connections, without a gap or a repeat', async () => {
    const [eva, max] = [join(relay, { username: 'eva' }), join(server, { username: 'max' })];
    await live(eva, max);
    const ids: number[] = [];
    for (let i = 0; i < 5; i++) {
      const sending = say(max, 20);
      relay.cut();
      ids.push(...(await sending));
      eva.chat.typing();
    }
    await until(() => eva.delivered.messages.length >= 100);
    expect(idsOf(eva.delivered.messages)).toEqual(ids);
  });

  it('[J3] fills a gap before it delivers what follows', async () => {
    const [eva, max] = [join(relay, { username: 'eva' }), join(server, { username: 'max' })];
    await live(eva, max);
    const place = { ...eva.chat.place };
    await eva.chat.close();
    const ids = [...(await say(max, 65)), ...(await say(max, 65))];
    eva.chat.open();
    await until(() => eva.delivered.messages.length >= 130);
    expect(ids[0]).toBe(place.id! + 1);
    expect(idsOf(eva.delivered.messages)).toEqual(ids);
    // A client that starts from this place in another process.
    const other = join(server, { from: place as { id: number } });
    await until(() => other.delivered.messages.length >= 130);
    expect(idsOf(other.delivered.messages)).toEqual(ids);
  });

  it('[J3] is the newest messages first, where a backlog is asked for, and older ones as history', async () => {
    const ids = await say(join(server, { username: 'max' }), 30);
    const { chat, delivered } = join(server, { backlog: 10 });
    await until(() => delivered.messages.length >= 10);
    expect(idsOf(delivered.messages)).toEqual(ids.slice(-10));
    expect(idsOf(await history(chat, { before: ids[20]!, limit: 15 }))).toEqual(ids.slice(5, 20));
    expect(idsOf(await history(chat, { after: ids[0]!, limit: 3 }))).toEqual(ids.slice(1, 4));
    expect(idsOf(await history(chat, { before: 3 }))).toEqual([1, 2]);
    expect(chat.getSnapshot().messages).toEqual(delivered.messages);
  });

  it('[J7] is edits and deletions, those while it was away included', async () => {
    const token = tokenOf({ sub: 'eva' });
    const eva = join(relay, { getToken: () => token });
    const max = join(relay, { keep: 5 });
    await live(eva, max);
    const [first, second, third] = await say(eva, 3);
    await until(() => max.delivered.messages.length === 3);
    await expect(eva.chat.edit(first!, 'neu')).resolves.toMatchObject({ id: first, changeId: expect.any(Number) });
    await until(() => max.delivered.changes.length === 1);
    expect(max.delivered.changes[0]).toMatchObject({ id: first, message: 'neu', edited_at: expect.any(String) });
    expect(textsOf(max.chat.getSnapshot().messages)).toEqual(['neu', 'm2', 'm3']);

    await max.chat.close();
    await eva.chat.edit(second!, 'auch neu');
    await eva.chat.delete(third!);
    max.chat.open();
    await until(() => max.delivered.changes.length === 3);
    expect(max.delivered.changes.slice(1)).toMatchObject([
      { id: second, message: 'auch neu' },
      { id: third, message: '', deleted_by: 'eva' },
    ]);
    expect(textsOf(max.chat.getSnapshot().messages)).toEqual(['neu', 'auch neu', '']);
    await expect(eva.chat.edit(third!, 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('[J6] is complete up to the time that is stated', async () => {
    const [eva, max] = [join(relay, { username: 'eva' }), join(server, { username: 'max' })];
    await live(eva, max);
    const acknowledged: { readonly id: number; readonly at: number }[] = [];
    const lies: unknown[] = [];
    eva.chat.on('state', ({ completeUpTo }) => {
      for (const { id, at } of acknowledged) {
        if (at < (completeUpTo ?? 0) && eva.chat.place.id! < id) lies.push({ id, at, completeUpTo });
      }
    });
    for (let i = 0; i < 100; i++) {
      acknowledged.push({ id: (await max.chat.send('x')).id, at: Date.now() });
      if (i % 20 === 10) relay.cut();
      eva.chat.typing();
    }
    await until(() => eva.chat.place.id === acknowledged.at(-1)!.id);
    expect(lies).toEqual([]);
    expect(eva.delivered.states.map(({ state }) => state)).toEqual(
      expect.arrayContaining(['live', 'waiting', 'connecting', 'catching-up', 'live']),
    );
  });

  it('[J6] is asked for again, where a frame got lost', async () => {
    let lost = 0;
    const losing = filtering(({ type }) => type !== 'chat_message' || ++lost !== 2);
    const [eva, max] = [join(server, { username: 'eva', WebSocket: losing }), join(server, { username: 'max' })];
    await live(eva, max);
    const ids = await say(max, 3);
    await until(() => eva.delivered.messages.length >= 3);
    expect(idsOf(eva.delivered.messages)).toEqual(ids);
    expect(eva.delivered.states.find(({ reason }) => reason)?.reason).toMatchObject({ code: 'PROTOCOL' });
  });

  it('[J20] is not kept from it by a listener that throws', async () => {
    const report = jest.spyOn(console, 'error').mockImplementation(() => {});
    const [eva, max] = [join(server, { username: 'eva' }), join(server, { username: 'max' })];
    eva.chat.on('message', () => {
      throw new Error('mine');
    });
    const later: number[] = [];
    const off = eva.chat.on('message', ({ id }) => later.push(id));
    await live(eva, max);
    const ids = await say(max, 2);
    await until(() => later.length === 2);
    off();
    await say(max, 1);
    await until(() => eva.delivered.messages.length === 3);
    expect(later).toEqual(ids);
    expect(report).toHaveBeenCalledTimes(3);
    report.mockRestore();
  });

  it('[J23] can be taken at the reader’s own pace', async () => {
    const [eva, max] = [join(relay, { username: 'eva', keep: 10 }), join(server, { username: 'max' })];
    await live(eva, max);
    const abort = new AbortController();
    const taken: number[] = [];
    const sending: Promise<number[]>[] = [];
    const reading = (async () => {
      for await (const { id } of eva.chat.messages({ signal: abort.signal })) {
        taken.push(id);
        // Fall behind by more messages than the client keeps.
        if (taken.length === 1) await sending[0];
      }
    })();
    sending.push(say(max, 60));
    await until(() => taken.length >= 60);
    relay.cut();
    const more = await say(max, 5);
    await until(() => taken.length >= 65);
    expect(taken).toEqual([...(await sending[0]!), ...more]);
    abort.abort();
    await reading;
  });

  it('[J23] continues after the server was out of reach, and ends with its signal during a request', async () => {
    const eva = join(relay, { username: 'eva', keep: 10 });
    await live(eva);
    const after = eva.chat.place.id!;
    const sent = await say(join(server, { username: 'max' }), 20);
    await until(() => eva.chat.place.id === sent.at(-1));
    const abort = new AbortController();
    const taken: number[] = [];
    const read = async () => {
      for await (const { id } of eva.chat.messages({ after, signal: abort.signal })) taken.push(id);
    };
    const refused = relay.accepted;
    relay.refuse();
    relay.cut();
    const reading = read();
    // More attempts than that of the connection itself.
    await until(() => relay.accepted > refused + 1);
    relay.refuse(false);
    await until(() => taken.length >= 20);
    expect(taken).toEqual(sent);
    const asking = read();
    abort.abort();
    await Promise.all([reading, asking]);
    expect(taken).toEqual(sent);
  });

  it('[J23] ends with its client', async () => {
    const { chat } = join(server, { username: 'eva' });
    const taken: number[] = [];
    const reading = (async () => {
      for await (const { id } of chat.messages()) taken.push(id);
    })();
    const [id] = await say({ chat }, 1);
    await until(() => taken.length === 1);
    await chat.close();
    await reading;
    expect(taken).toEqual([id]);
  });
});

describe('a history that became another one', () => {
  it('[J4] is one reset, then its present state', async () => {
    const [first, second] = [await startServer(WITH_GUESTS), await startServer(WITH_GUESTS)];
    const relay = await Relay.to(first);
    const eva = join(relay, { username: 'eva', backlog: 2 });
    await live(eva);
    await say(eva, 3, 'alt');
    await say(join(second, { username: 'max' }), 5, 'neu');
    relay.leadTo(second);
    relay.cut();
    await until(() => eva.delivered.messages.length >= 5);
    expect(eva.delivered.resets).toEqual([{ after: 0 }]);
    expect(textsOf(eva.delivered.messages)).toEqual(['alt1', 'alt2', 'alt3', 'neu4', 'neu5']);
    expect(textsOf(eva.chat.getSnapshot().messages)).toEqual(['neu4', 'neu5']);
    await say(eva, 1, 'weiter');
    await until(() => eva.delivered.messages.length >= 6);
    expect(idsOf(eva.delivered.messages)).toEqual([1, 2, 3, 4, 5, 6]);
    await relay.stop();
    await Promise.all([first.stop(), second.stop()]);
  });

  it('[J5] is discarded beyond its end, where that was lost', async () => {
    const database = await newDatabase();
    const other = await newDatabase();
    const before = await startServer({ DATABASE_URL: database });
    await say(join(before, { username: 'max' }), 3);
    await before.stop();
    copyFileSync(pathOf(database), pathOf(other));
    const [now, restored] = [await startServer({ DATABASE_URL: database }), await startServer({ DATABASE_URL: other })];
    const relay = await Relay.to(now);
    const eva = join(relay, { username: 'eva', from: { id: 0 } });
    await until(() => eva.delivered.messages.length === 3);
    await say(eva, 2, 'verloren');
    await until(() => eva.delivered.messages.length === 5);
    relay.leadTo(restored);
    relay.cut();
    await until(() => eva.delivered.resets.length === 1);
    await say(eva, 1, 'neu');
    await until(() => eva.delivered.messages.length === 6);
    expect(eva.delivered.resets).toEqual([{ after: 3 }]);
    expect(eva.delivered.messages.at(-1)).toMatchObject({ id: 4, message: 'neu1' });
    expect(textsOf(eva.chat.getSnapshot().messages)).toEqual(['m1', 'm2', 'm3', 'neu1']);
    await relay.stop();
    await Promise.all([now.stop(), restored.stop()]);
  });
});

const WITH_GUESTS = { ...WITH_TOKENS, AUTH_GUESTS: 'write' };
const pathOf = (database: string) => database.replace('sqlite:', '');

describe('what a client sends', () => {
  let server: TestServer;
  let relay: Relay;
  beforeAll(async () => {
    server = await startServer({ LIMITS: 'on', MESSAGE_RATE: '10', MESSAGE_BURST: '5' });
    relay = await Relay.to(server);
  });
  afterAll(async () => {
    await relay.stop();
    await server.stop();
  });

  it('[J8] is stored once, though its acknowledgement was lost', async () => {
    let acks = 0;
    const deaf = filtering(({ type }) => type !== 'ack' || ++acks > 1);
    const eva = join(relay, { username: 'eva', WebSocket: deaf });
    await live(eva);
    const sending = eva.chat.send('einmal');
    await until(() => eva.delivered.messages.length === 1);
    expect(eva.chat.getSnapshot().pending).toHaveLength(1);
    relay.cut();
    const { id, timestamp } = await sending;
    expect(eva.delivered.messages).toMatchObject([{ id, timestamp, message: 'einmal' }]);
    expect(await history(eva.chat, { after: id - 1 })).toHaveLength(1);
  });

  it('[J9] keeps its order over cut connections and rate limits, which it waits for by itself', async () => {
    const eva = join(relay, { username: 'eva' });
    await live(eva);
    const blocked: number[] = [];
    eva.chat.subscribe(() => {
      const { sendBlockedUntil } = eva.chat.getSnapshot();
      if (sendBlockedUntil) blocked.push(sendBlockedUntil);
    });
    const sending = say(eva, 20);
    await until(() => eva.delivered.messages.length >= 8);
    relay.cut();
    const ids = await sending;
    await until(() => eva.delivered.messages.length >= 20);
    expect(idsOf(eva.delivered.messages)).toEqual(ids);
    expect(textsOf(eva.delivered.messages)).toEqual(idsFrom(1, 20).map((i) => `m${i}`));
    expect(blocked).not.toEqual([]);
    expect(eva.chat.getSnapshot()).toMatchObject({ pending: [], sendBlockedUntil: undefined });
  });

  it('[J10] is rejected with a typed reason where the server refuses it, and what follows is sent', async () => {
    const { chat } = join(server, { username: 'eva' });
    const rejected: string[] = [];
    chat.on('rejected', ({ entry, error }) => rejected.push(`${entry.type} ${error.message}`));
    const [refused, accepted] = [chat.send(' '), chat.send('gut')];
    await expect(refused).rejects.toMatchObject({ name: 'ChatError', code: 'VALIDATION_ERROR', retryable: false });
    await expect(accepted).resolves.toMatchObject({ id: expect.any(Number) });
    expect(rejected).toHaveLength(1);
    const tooLarge = chat.send('x'.repeat(chat.getSnapshot().limits!.max_frame_bytes));
    await expect(tooLarge).rejects.toMatchObject({ code: expect.stringMatching(/CLOSE_1009|VALIDATION_ERROR/) });
    await expect(chat.send('weiter')).resolves.toMatchObject({ id: expect.any(Number) });
  });

  it('[J10] is rejected where its key can be none, and what follows is sent', async () => {
    const { chat } = join(server, { username: 'eva' });
    const invalid = ['x'.repeat(65), ''].map((clientId) => chat.send('so nicht', { clientId }));
    const valid = chat.send('so schon');
    for (const refused of invalid) {
      await expect(refused).rejects.toMatchObject({ code: 'VALIDATION_ERROR', retryable: false });
    }
    await expect(valid).resolves.toHaveProperty('id');
  });

  it('[J10] is bounded while there is no connection, and can be given up', async () => {
    const nowhere = await Relay.to(server);
    nowhere.refuse();
    const { chat } = join(nowhere, { username: 'eva', maxPending: 2 });
    const abort = new AbortController();
    const [one, two] = [chat.send('eins'), chat.send('zwei', { signal: abort.signal })];
    await expect(chat.send('drei')).rejects.toMatchObject({ code: 'QUEUE_FULL', retryable: true });
    abort.abort(new Error('keine Lust'));
    await expect(two).rejects.toThrow('keine Lust');
    await expect(chat.send('vier', { signal: abort.signal })).rejects.toThrow('keine Lust');
    nowhere.refuse(false);
    await expect(one).resolves.toMatchObject({ id: expect.any(Number) });
    nowhere.refuse();
    nowhere.cut();
    const last = expect(chat.send('fünf')).rejects.toMatchObject({ code: 'CLOSED' });
    await chat.close();
    await last;
    await expect(chat.send('sechs')).rejects.toMatchObject({ code: 'CLOSED' });
    await nowhere.stop();
  });

  it('[J11] is sent once after a crash, with what was typed before it', async () => {
    const disk = new Map<string, Parameters<OutboxStore['put']>[0]>();
    const store: OutboxStore = {
      load: () => [...disk.values()],
      put: (entry) => disk.set(entry.client_id, entry),
      remove: (clientId) => disk.delete(clientId),
    };
    const own = await Relay.to(server);
    const before = join(own, { username: 'eva', WebSocket: filtering(({ type }) => type !== 'ack') });
    await persist(before.chat, store);
    await live(before);
    const lost = ['gesendet', 'noch nicht'].map((text) => before.chat.send(text));
    await until(() => before.delivered.messages.length === 1);
    expect([...disk.values()]).toMatchObject([
      { username: 'eva', message: 'gesendet' },
      { username: 'eva', message: 'noch nicht' },
    ]);
    await before.chat.close();
    await Promise.allSettled(lost);
    expect(disk.size).toBe(2);

    const place = before.delivered.messages[0]!.id - 1;
    const after = join(server, { username: 'max', from: { id: place } });
    const sent: number[] = [];
    after.chat.on('sent', ({ id }) => sent.push(id));
    await persist(after.chat, store);
    await until(() => disk.size === 0 && after.delivered.messages.length >= 2);
    expect(after.delivered.messages).toMatchObject([
      { id: place + 1, username: 'eva', message: 'gesendet' },
      { id: place + 2, username: 'eva', message: 'noch nicht' },
    ]);
    expect(sent).toEqual([place + 1, place + 2]);
    await own.stop();
  });
});
