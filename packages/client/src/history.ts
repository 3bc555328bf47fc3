import type { ChatClient, Message, RequestOptions } from './index.js';

export interface HistoryQuery extends RequestOptions {
  /** Only messages with a smaller id. Default: no upper bound. */
  readonly before?: number | undefined;
  /** The next messages with a greater id; not together with `before`. */
  readonly after?: number | undefined;
  /** Maximum number of messages, 1–1000. Default 50. */
  readonly limit?: number | undefined;
}

/**
 * Stored messages in their current state, oldest first: the last ones before an id, or the next ones after it. Returns fewer than
 * `limit` only at an end of the history.
 */
export async function history(
  chat: ChatClient,
  { before, after, limit = 50, signal }: HistoryQuery = {},
): Promise<Message[]> {
  const result: Message[] = [];
  let cursor = after ?? before;
  while (result.length < limit) {
    const query = new URLSearchParams({ view: 'full', limit: String(limit - result.length) });
    const isForward = after !== undefined;
    query.set(isForward ? 'after' : 'before', String(cursor ?? Number.MAX_SAFE_INTEGER));
    const { messages } = await chat.request<{ messages: Message[] }>(`/api/messages?${query}`, { signal });
    if (messages.length === 0) break;
    if (isForward) result.push(...messages);
    else result.unshift(...messages);
    cursor = isForward ? messages.at(-1)!.id : messages[0]!.id;
    if (cursor === 1 && !isForward) break;
  }
  return result;
}
