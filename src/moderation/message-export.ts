import { once } from 'node:events';
import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { Slots } from '../limits/slots';
import { MessageReader } from '../messages/message-reader';
import { preciseTimestamp } from '../platform/text/timestamps';
import type { Message } from '../storage/entities/message.entity';
import { ORIGIN, type Position } from '../storage/position';

/** Maximum concurrent exports, each with one page in memory, and maximum requests waiting for a slot. */
const MAX_EXPORTS = 2;
const MAX_WAITING = 20;
/** Messages per read. */
const PAGE = 500;

/** Streams all messages of a user as JSON Lines, page by page, with backpressure. */
@Injectable()
export class MessageExport {
  private readonly slots = new Slots(MAX_EXPORTS, MAX_WAITING);

  constructor(private readonly reader: MessageReader) {}

  /** Resolves when the answer is complete, or its client has disconnected. @param upTo the last message to export */
  write(username: string, upTo: Position, response: Response): Promise<void> {
    return this.slots.run(async () => {
      let after = ORIGIN;
      while (after < upTo && !response.destroyed) {
        const { rows, isCut } = await this.reader.followingOf(username, after, PAGE, 'full');
        const wanted = rows.filter(({ id }) => id <= upTo);
        if (!response.headersSent) begin(response);
        if (wanted.length > 0) await written(response, wanted.map(toLine).join(''));
        if ((rows.length < PAGE && !isCut) || wanted.length < rows.length) break;
        after = rows.at(-1)!.id;
      }
      if (response.destroyed) return;
      if (!response.headersSent) begin(response);
      response.end();
    });
  }
}

/** Must not precede the first read: until then, a failure can be answered with an error status. */
function begin(response: Response): void {
  response.writeHead(200, {
    'Content-Type': 'application/jsonl; charset=utf-8',
    'Content-Disposition': 'attachment; filename="messages.jsonl"',
    'Cache-Control': 'no-store',
  });
}

/** Resolves when the response can take more, or is closed. */
async function written(response: Response, text: string): Promise<void> {
  if (response.write(text)) return;
  const abort = new AbortController();
  const options = { signal: abort.signal };
  await Promise.race([once(response, 'drain', options), once(response, 'close', options)]).catch(() => undefined);
  abort.abort();
}

function toLine({ id, username, message, createdAt, editedAt, deletedAt, deletedBy }: Message): string {
  const timeOf = (ms: number | null | undefined) => (ms == null ? undefined : preciseTimestamp(ms));
  const state = { edited_at: timeOf(editedAt), deleted_at: timeOf(deletedAt), deleted_by: deletedBy ?? undefined };
  return `${JSON.stringify({ id, username, message, timestamp: preciseTimestamp(createdAt), ...state })}\n`;
}
