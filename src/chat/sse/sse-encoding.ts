import { ORIGIN, type Position } from '../../storage/position';
import { chatMessageV2, messageChangedV2 } from '../protocol/chat-message';
import type { Encoding } from '../protocol/protocol';
import { serialize } from '../protocol/serializer';

/**
 * The feed as Server-Sent Events (HTML standard, section 9.2): the v2 frame as data. The event id is the reader's place: the
 * message id, and behind a hyphen the newest change where there is one.
 */
export const SSE: Encoding & { gap: object } = {
  name: 'sse',
  namesPlace: true,
  messages: (batch, afterChange = ORIGIN) =>
    Buffer.from(
      batch.map((message) => event('chat_message', placeOf(message.id, afterChange), chatMessageV2(message))).join(''),
    ),
  changes: (batch, after) =>
    Buffer.from(
      batch
        .map((changed) => event('message_changed', placeOf(after, changed.changeId), messageChangedV2(changed)))
        .join(''),
    ),
  gap: (from, to, afterChange = ORIGIN) =>
    Buffer.from(event('gap', placeOf(to, afterChange), serialize({ type: 'gap', from, to }))),
};

/** A comment line, which keeps proxies from closing an idle connection. */
export const SSE_HEARTBEAT = Buffer.from(':\n\n');

function placeOf(message: Position, change: Position): string {
  return change === ORIGIN ? String(message) : `${message}-${change}`;
}

function event(name: string, id: string, data: string): string {
  return `event: ${name}\nid: ${id}\ndata: ${data}\n\n`;
}
