// A bot: answers each message that begins with "!echo ". `node echo.mjs http://localhost:8000`
import { ChatClient } from '@chat-system/client';
import { WebSocket } from 'ws'; // Not needed from Node 22 on.

const chat = new ChatClient(process.argv[2], { username: 'echo', WebSocket });
chat.on('state', ({ state, reason }) => console.error(state, reason?.message ?? ''));

for await (const { username, message } of chat.messages()) {
  if (username === 'echo' || !message.startsWith('!echo ')) continue;
  try {
    await chat.send(`${username}: ${message.slice('!echo '.length)}`);
  } catch ({ code, message: why }) {
    console.error(code, why);
  }
}
