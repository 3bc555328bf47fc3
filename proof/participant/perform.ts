import { ChatClient, type ChatError, type ChatOptions, type Receipt } from '@chat-system/client';
import type { Request } from '../request';
import type { Ask, Reporter } from './dialogue';

/** Runs the published client in Node or a page and reports everything it delivers. Returns a function that gives it requests. */
export function perform(
  url: string,
  token: string,
  report: Reporter,
  options?: Pick<ChatOptions, 'WebSocket'>,
): (ask: Ask) => Promise<unknown> {
  const chat = new ChatClient(url, {
    getToken: () => token,
    from: { id: 0, change: 0 },
    backlog: Infinity,
    keep: 0,
    maxPending: 1_000,
    ...options,
  });
  const place = () => ({ ...chat.place });

  chat.on('message', (message) => report({ kind: 'message', message, place: place() }));
  chat.on('change', (message) => report({ kind: 'changed', message, place: place() }));
  chat.on('reset', ({ after }) => report({ kind: 'reset', after, place: place() }));
  chat.on('state', ({ state, completeUpTo }) => report({ kind: 'state', state, completeUpTo, place: place() }));
  chat.on('sent', (receipt) => report({ kind: 'ack', receipt, place: place() }));
  chat.on('rejected', ({ entry, error }) =>
    report({ kind: 'refused', clientId: entry.client_id, code: (error as ChatError).code, place: place() }),
  );

  return (ask) => {
    if (ask.kind === 'close') return chat.close();
    // The events report the outcome.
    return begin(chat, ask.clientId, ask.request).catch(() => undefined);
  };
}

function begin(chat: ChatClient, clientId: string, request: Request): Promise<Receipt> {
  switch (request.type) {
    case 'chat_message':
      return chat.send(request.message, { clientId });
    case 'edit':
      return chat.edit(request.id, request.message, { clientId });
    case 'delete':
      return chat.delete(request.id, { clientId });
  }
}
