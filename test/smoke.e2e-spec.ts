import { ChatClient } from './support/chat-client';
import { startServer } from './support/server';

it('chats', async () => {
  const server = await startServer();
  const client = await ChatClient.open(server);
  client.say('max', 'Hallo');
  expect(await client.nextFrames(2)).toEqual([
    { type: 'user_joined', username: 'max', timestamp: expect.any(String) },
    { type: 'chat_message', username: 'max', message: 'Hallo', timestamp: expect.any(String) },
  ]);
  expect(await (await fetch(`${server.url}/api/messages`)).json()).toMatchObject({ total: 1 });
  await server.stop();
});
