import { setTimeout as delay } from 'node:timers/promises';
import type { Gap, Listed } from './history';
import type { Where } from './where';

const PAGE = 1_000;
/** Maximum time of retries, in milliseconds: longer than a server may take to start. */
const RETRY_MS = 90_000;

/** A GET, retried while the server is down. */
export async function get(where: Where, path: string): Promise<unknown> {
  return (await retryUntilAvailable(where, path, {})).json();
}

/** A request with a token, retried while the server is down. */
export async function act(where: Where, method: 'POST' | 'DELETE', path: string, token: string): Promise<void> {
  await retryUntilAvailable(where, path, { method, headers: { authorization: `Bearer ${token}` } });
}

async function retryUntilAvailable(where: Where, path: string, request: RequestInit): Promise<Response> {
  const deadline = performance.now() + RETRY_MS;
  for (;;) {
    try {
      const signal = AbortSignal.timeout(10_000);
      const response = await fetch(`http://127.0.0.1:${where()}${path}`, { ...request, signal });
      // Read the body here: the connection may break within it.
      const body = await response.text();
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      return new Response(body || undefined);
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(100);
    }
  }
}

/** The messages with `from` ≤ id ≤ `to`, in the form of the API document or the full one. */
export async function fetchRange(where: Where, from: number, to: number, view = ''): Promise<readonly Listed[]> {
  const all: Listed[] = [];
  for (let after = from - 1; after < to;) {
    const path = `/api/messages?after=${after}&limit=${Math.min(PAGE, to - after)}${view}`;
    const { messages } = (await get(where, path)) as { messages: Listed[] };
    if (messages.length === 0) break;
    all.push(...messages);
    after = messages.at(-1)!.id;
  }
  return all;
}

/** Every changed message, by its newest change. */
export async function fetchChanges(where: Where): Promise<readonly Listed[]> {
  const all: Listed[] = [];
  for (let after = 0; ;) {
    const path = `/api/messages/changes?after=${after}&limit=${PAGE}`;
    const page = (await get(where, path)) as { messages: Listed[]; last_change_id: number };
    all.push(...page.messages);
    if (page.last_change_id <= after) return all;
    after = page.last_change_id;
  }
}

/** Fetches the messages of a gap. On failure the gap stays unfilled, and the checker reports it. */
export function fillGap(where: Where, gap: Gap): Promise<void> {
  return fetchRange(where, gap.from, gap.to, '&view=full').then(
    (messages) => void (gap.fetched = messages),
    () => undefined,
  );
}
