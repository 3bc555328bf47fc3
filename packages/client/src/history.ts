import type { ChatClient, Message, RequestOptions } from './index.js';

export interface HistoryQuery extends RequestOptions {
  /** Messages with a smaller id; by default all. */
  readonly before?: number | undefined;
  /** Messages with a greater id, from the next; not together with `before`. */
  readonly after?: number | undefined;
  /** 1–1000; default 50. An answer with long messages is shorter. */
  readonly limit?: number | undefined;
}

/** Stored messages in their present state, oldest first: the newest before an id, or the next after one. Fewer than asked for only at an end of the history. */
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
