import { ChatError } from './chat-error.js';
import { delay } from './delay.js';
import type { Tokens } from './tokens.js';
import type { ChatOptions } from './types.js';

/** Requests that are refused for the moment are sent so many times. */
const ATTEMPTS = 5;

/** Requests over HTTP, with the newest token. Waits where the server asks for it. */
export class Rest {
  constructor(
    readonly url: string,
    private readonly tokens: Tokens,
    private readonly options: ChatOptions,
  ) {}

  /** @throws ChatError where the server refuses it; what `fetch` throws where there is no server */
  async request<T>(path: string, init: RequestInit = {}): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const token = this.tokens.newest ?? (await this.tokens.renew());
      const response = await (this.options.fetch ?? fetch)(this.url + path, {
        ...init,
        headers: { ...(init.headers as object), ...(token && { authorization: 'Bearer ' + token }) },
      });
      if (response.ok) return (await response.json()) as T;
      const { status, headers } = response;
      const { code, message } = (await response.json().catch(() => ({}))) as Record<string, string>;
      const isBusy = status === 429 || status === 503;
      const waitMs = isBusy ? 1_000 * (Number(headers.get('retry-after')) || 1) : undefined;
      if (attempt === ATTEMPTS || !(isBusy || (status === 401 && token && attempt === 1))) {
        throw new ChatError(code ?? 'HTTP_' + status, message, { retryable: status >= 500, retryAfterMs: waitMs });
      }
      if (waitMs) await delay(waitMs, init.signal ?? undefined);
      else await this.tokens.renew();
    }
  }
}
