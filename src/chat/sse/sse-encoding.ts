import { ORIGIN, type Position } from '../../storage/position';
import { chatMessageV2, messageChangedV2 } from '../protocol/chat-message';
import type { Encoding } from '../protocol/protocol';
import { serialize } from '../protocol/serializer';

/**
 * The feed as Server-Sent Events (HTML standard, section 9.2): the v2 frame as data. The event id is the reader's place: the
 * message id, and after a hyphen the newest change. If messages can be changed, it contains a change even before the first one
 * (0): a reader that resumes has missed all of them. If they cannot, and none ever was, it is the message id alone.
 */
export function sseEncoding(hasChanges: boolean): Encoding {
  const placeOf = (message: Position, change: Position) =>
    hasChanges || change !== ORIGIN ? `${message}-${change}` : String(message);
  return {
    name: 'sse',
    namesPlace: true,
    messages: (batch, afterChange = ORIGIN) =>
      Buffer.from(batch.map((one) => event('chat_message', placeOf(one.id, afterChange), chatMessageV2(one))).join('')),
    changes: (batch, after) =>
      Buffer.from(
        batch.map((one) => event('message_changed', placeOf(after, one.changeId), messageChangedV2(one))).join(''),
      ),
    gap: (from, to, afterChange = ORIGIN) =>
      Buffer.from(event('gap', placeOf(to, afterChange), serialize({ type: 'gap', from, to }))),
  };
}

/** A comment line, which keeps proxies from closing an idle connection. */
export const SSE_HEARTBEAT = Buffer.from(':\n\n');

function event(name: string, id: string, data: string): string {
  return `event: ${name}\nid: ${id}\ndata: ${data}\n\n`;
}
