import type { ChatOptions } from './types.js';

/** Owns the newest access token. Asks for one once at a time, however many need it. */
export class Tokens {
  newest: string | undefined;
  #asking: Promise<string | undefined> | undefined;

  constructor(private readonly options: ChatOptions) {}

  renew(): Promise<string | undefined> {
    return (this.#asking ??= this.#ask().finally(() => (this.#asking = undefined)));
  }

  async #ask(): Promise<string | undefined> {
    return (this.newest = await this.options.getToken?.());
  }
}
