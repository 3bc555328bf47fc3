import { ChatClient, type ChatOptions, type Message } from '@chat-system/client';
import { WebSocket } from 'ws';
import { startServer, type TestServer } from './support/server';
import { until } from './support/until';

const clients: ChatClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

/** A client that is closed with its test, and everything it delivers. */
function join(server: { url: string }, options: ChatOptions = {}) {
  const chat = new ChatClient(server.url, { WebSocket, ...options });
  clients.push(chat);
  const delivered: Message[] = [];
  chat.on('message', (message) => delivered.push(message));
  return { chat, delivered };
}

describe('the client', () => {
  let server: TestServer;
  beforeAll(async () => (server = await startServer()));
  afterAll(() => server.stop());

  it('[J1] delivers each message once and in order, its own included', async () => {
    const eva = join(server, { username: 'eva' });
    const max = join(server, { username: 'max' });
    await until(() => [eva, max].every(({ chat }) => chat.getSnapshot().state === 'live'));
    const receipts = await Promise.all(['a', 'b', 'c'].map((text) => eva.chat.send(text)));
    await until(() => max.delivered.length === 3);
    expect(max.delivered.map(({ id, message }) => [id, message])).toEqual(
      receipts.map(({ id }, i) => [id, ['a', 'b', 'c'][i]]),
    );
    await until(() => eva.delivered.length === 3);
  });

  it('[J10] rejects with a typed reason what the server refuses, and sends what follows', async () => {
    const { chat } = join(server, { username: 'eva' });
    const [refused, accepted] = [chat.send(' '), chat.send('gut')];
    await expect(refused).rejects.toMatchObject({ name: 'ChatError', code: 'VALIDATION_ERROR', retryable: false });
    await expect(accepted).resolves.toMatchObject({ id: expect.any(Number) });
  });
});
