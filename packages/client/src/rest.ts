import { ChatError } from './chat-error.js';
import { delay } from './delay.js';
import type { ChatOptions } from './types.js';

/** Maximum attempts for a request that is refused temporarily. */
const ATTEMPTS = 5;

export interface Rest {
  /** Requests a new token; concurrent callers share one call. */
  renew(): Promise<string | undefined>;
  /** @throws ChatError when the server refuses it; the error of `fetch` when the server is unreachable */
  request<T>(path: string, init?: RequestInit): Promise<T>;
}

/** Requests over HTTP. Owns the newest token. Honours `Retry-After`. */
export function createRest(url: string, options: ChatOptions): Rest {
  let token: string | undefined;
  let asking: Promise<string | undefined> | undefined;
  const ask = async (): Promise<string | undefined> => (token = await options.getToken?.());
  const renew = (): Promise<string | undefined> => (asking ??= ask().finally(() => (asking = undefined)));

  const request = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      token ??= await renew();
      const response = await (options.fetch ?? fetch)(url + path, {
        ...init,
        headers: { ...(init.headers as object), ...(token && { authorization: 'Bearer ' + token }) },
      });
      if (response.ok) return (await response.json()) as T;
      const { status } = response;
      const { code, message } = (await response.json().catch(() => ({}))) as Record<string, string>;
      const waitMs =
        status === 429 || status === 503 ? 1_000 * (Number(response.headers.get('retry-after')) || 1) : undefined;
      if (attempt >= (waitMs ? ATTEMPTS : status === 401 && token ? 2 : 1)) {
        throw new ChatError(code ?? 'HTTP_' + status, message, waitMs);
      }
      await (waitMs ? delay(waitMs, init.signal) : renew());
    }
  };
  return { renew, request };
}
