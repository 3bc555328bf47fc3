import { ChatClient, type ChatError } from '@chat-system/client';
import { WebSocket } from 'ws';
import type { Ask, Report } from './participant';

/** The published client in a process of its own; does what it is told and reports everything it is given. */
const [url, token] = process.argv.slice(2);
const report = (one: Report) => process.send!(one);
const chat = new ChatClient(url!, {
  getToken: () => token,
  from: { id: 0, change: 0 },
  backlog: Infinity,
  keep: 0,
  maxPending: 1_000,
  WebSocket,
});
const place = () => ({ ...chat.place });

chat.on('message', (message) => report({ kind: 'message', message, place: place() }));
chat.on('change', (message) => report({ kind: 'changed', message, place: place() }));
chat.on('reset', ({ after }) => report({ kind: 'reset', after, place: place() }));
chat.on('state', ({ state }) => report({ kind: 'state', state, place: place() }));
chat.on('sent', (receipt) => report({ kind: 'ack', receipt, place: place() }));
chat.on('rejected', ({ entry, error }) =>
  report({ kind: 'refused', clientId: entry.client_id, code: (error as ChatError).code, place: place() }),
);

process.on('message', (ask: Ask) => {
  if (ask.kind === 'close') {
    void chat.close().then(() => process.exit());
    return;
  }
  const { clientId, request } = ask;
  const options = { clientId };
  const answer =
    request.type === 'chat_message'
      ? chat.send(request.message, options)
      : request.type === 'edit'
        ? chat.edit(request.id, request.message, options)
        : chat.delete(request.id, options);
  // The events tell.
  answer.catch(() => {});
});
