import type { Browser } from 'playwright-core';
import { everything, pending, state } from './chat-page';
import { newDatabase } from './database';
import { Relay } from './relay';
import { ServerProcess } from './server-process';
import { until } from './until';
import { falseClaims, type SignIn, Witness } from './witness';

/** Two browsers chatting over a server of their own and a network that can be cut. */
export class Dialogue {
  /** Messages written so far. */
  count = 0;

  private constructor(
    readonly environment: Readonly<Record<string, string>>,
    public server: ServerProcess,
    /** The network between browsers and server. */
    readonly relay: Relay,
    readonly eva: Witness,
    readonly max: Witness,
  ) {}

  static async begin(browser: Browser, settings: Record<string, string> = {}, signIn?: SignIn): Promise<Dialogue> {
    const environment = { DATABASE_URL: await newDatabase(), ...settings };
    const server = await ServerProcess.start(environment);
    const relay = await Relay.to(server);
    const eva = await Witness.open(browser, relay.url, 'Eva', signIn);
    const max = await Witness.open(browser, relay.url, 'Max', signIn);
    return new Dialogue(environment, server, relay, eva, max);
  }

  get both(): readonly Witness[] {
    return [this.eva, this.max];
  }

  /** The speakers write in turn; every text is unique. */
  async talk(rounds: number, speakers = this.both): Promise<void> {
    for (let i = 0; i < rounds; i++) {
      for (const speaker of speakers) await speaker.write(`${speaker.name} ${this.count++}`);
    }
  }

  async talkFor(ms: number): Promise<void> {
    const began = Date.now();
    while (Date.now() - began < ms) await this.talk(1);
  }

  /** Checks that both have every message once, in the server's order, and never claimed more than they had. */
  async agree(): Promise<void> {
    const { both, count } = this;
    // Wait for the server first: a page draws a new text as pending only a moment later.
    await until(async () => (await this.stored()).length >= count);
    for (const { page } of both) {
      await until(async () => (await pending(page).count()) === 0 && (await state(page).textContent()) === 'Verbunden');
    }
    const messages = await this.stored();
    expect(messages).toHaveLength(count);
    expect(new Set(messages.map(({ message }) => message)).size).toBe(count);
    for (const speaker of both) {
      const own = messages.map(({ message }) => message).filter((text) => text.startsWith(speaker.name));
      expect(own).toEqual([...own].sort((a, b) => Number(a.split(' ')[1]) - Number(b.split(' ')[1])));
    }
    expect(await falseClaims(...both)).toEqual([]);
    // The check above would pass without any claims.
    for (const witness of both) {
      const claims = (await witness.samples()).filter(({ completeUpTo }) => completeUpTo !== undefined);
      expect(claims.length).toBeGreaterThan(count);
    }
    for (const { page } of both) {
      await until(async () => (await page.locator('[data-id]').last().getAttribute('data-id')) === String(count));
      expect(await everything(page)).toEqual(messages.map(({ id, message }) => ({ id, text: message })));
    }
  }

  private async stored(): Promise<readonly { id: number; message: string }[]> {
    const response = await fetch(`${this.server.url}/api/messages?limit=1000`);
    return ((await response.json()) as { messages: { id: number; message: string }[] }).messages;
  }

  async end(): Promise<void> {
    for (const witness of this.both) await witness.close();
    await this.relay.stop();
    await this.server.stop();
  }
}
