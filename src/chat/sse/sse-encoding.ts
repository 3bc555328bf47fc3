import type { Encoding } from '../protocol/protocol';
import { chatMessageV2 } from '../protocol/chat-message';
import { serialize } from '../protocol/serializer';

/** The feed as Server-Sent Events (HTML standard, section 9.2): the v2 frame as data, the message id as the event id. */
export const SSE: Encoding & { gap: object } = {
  name: 'sse',
  messages: (batch) =>
    Buffer.from(batch.map((message) => event('chat_message', message.id, chatMessageV2(message))).join('')),
  gap: (from, to) => Buffer.from(event('gap', to, serialize({ type: 'gap', from, to }))),
};

/** A comment line, which keeps proxies from closing an idle connection. */
export const SSE_HEARTBEAT = Buffer.from(':\n\n');

function event(name: string, id: number, data: string): string {
  return `event: ${name}\nid: ${id}\ndata: ${data}\n\n`;
}
