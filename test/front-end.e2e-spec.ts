// Functions evaluated inside the page use the browser's globals.
/// <reference lib="dom" />
import type { Browser } from 'playwright-core';
import { findChromium, launch } from './support/browser';
import { everything, pending, state } from './support/chat-page';
import { newDatabase } from './support/database';
import { Relay } from './support/relay';
import { ServerProcess } from './support/server-process';
import { describeWhere } from './support/suites';
import { until } from './support/until';
import { falseClaims, Witness } from './support/witness';

const chromium = findChromium();
/** Between two cuts; 30 seconds for proxies that people have. */
const CUT_MS = 1_500;
/** A browser that is offline may keep a dead connection to itself: then its silence tells. */
const NOTICED_MS = 40_000;
/** Two browsers, and a server that is started twice. */
const TIMEOUT_MS = 90_000;

describeWhere(chromium !== undefined, 'Chromium (CHROMIUM_PATH)')('two browsers that chat', () => {
  let browser: Browser;
  let server: ServerProcess;
  /** Between browsers and server, as networks are. */
  let relay: Relay;
  let eva: Witness;
  let max: Witness;
  let environment: Record<string, string>;
  let count: number;

  beforeAll(async () => {
    browser = await launch(chromium!);
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    count = 0;
    environment = { DATABASE_URL: await newDatabase() };
    server = await ServerProcess.start(environment);
    relay = await Relay.to(server);
    eva = await Witness.open(browser, relay.url, 'Eva');
    max = await Witness.open(browser, relay.url, 'Max');
  });

  afterEach(async () => {
    await eva.close();
    await max.close();
    await relay.stop();
    await server.stop();
  });

  /** Both write in turn, each message once. */
  async function talk(rounds: number, speakers: readonly Witness[] = [eva, max]): Promise<void> {
    for (let i = 0; i < rounds; i++) for (const speaker of speakers) await speaker.write(`${speaker.name} ${count++}`);
  }

  /** Both have everything that was written, in the order of the server, each once; and what they said meanwhile was so. */
  async function agree(): Promise<void> {
    for (const { page } of [eva, max]) {
      await until(async () => (await pending(page).count()) === 0 && (await state(page).textContent()) === 'Verbunden');
    }
    const { messages } = (await (await fetch(`${server.url}/api/messages?limit=1000`)).json()) as {
      messages: { id: number; message: string }[];
    };
    expect(messages).toHaveLength(count);
    expect(new Set(messages.map(({ message }) => message)).size).toBe(count);
    for (const speaker of [eva, max]) {
      const own = messages.map(({ message }) => message).filter((text) => text.startsWith(speaker.name));
      expect(own).toEqual([...own].sort((a, b) => Number(a.split(' ')[1]) - Number(b.split(' ')[1])));
    }
    expect(await falseClaims(eva, max)).toEqual([]);
    // Something was claimed, all the time.
    for (const witness of [eva, max]) {
      const claims = (await witness.samples()).filter(({ completeUpTo }) => completeUpTo !== undefined);
      expect(claims.length).toBeGreaterThan(count);
    }
    for (const { page } of [eva, max]) {
      await until(async () => (await page.locator('[data-id]').last().getAttribute('data-id')) === String(count));
      expect(await everything(page)).toEqual(messages.map(({ id, message }) => ({ id, text: message })));
    }
  }

  it(
    '[P19] have everything once and in order, and say what is true',
    async () => {
      await talk(10);
      await agree();
    },
    TIMEOUT_MS,
  );

  it(
    '[P19] … when the server is killed and started again',
    async () => {
      await talk(4);
      const { port } = server;
      await server.stop('SIGKILL');
      await talk(3);
      for (const { page } of [eva, max]) expect(await state(page).textContent()).not.toBe('Verbunden');
      server = await ServerProcess.start({ ...environment, PORT: String(port) });
      await talk(3);
      await agree();
    },
    TIMEOUT_MS,
  );

  it(
    '[P19] … when the network goes and comes back',
    async () => {
      await talk(4);
      await eva.page.context().setOffline(true);
      relay.refuse();
      relay.cut();
      await state(eva.page).getByText('keine Internetverbindung').waitFor({ timeout: NOTICED_MS });
      await talk(3);
      relay.refuse(false);
      await talk(3, [max]);
      await eva.page.context().setOffline(false);
      await talk(3);
      await agree();
    },
    TIMEOUT_MS,
  );

  it(
    '[P19] … when a page is frozen and thawed',
    async () => {
      await talk(4);
      const session = await eva.page.context().newCDPSession(eva.page);
      await session.send('Page.setWebLifecycleState', { state: 'frozen' });
      await talk(5, [max]);
      relay.cut();
      await talk(5, [max]);
      await until(async () => (await pending(max.page).count()) === 0);
      await session.send('Page.setWebLifecycleState', { state: 'active' });
      await talk(3);
      await agree();
    },
    TIMEOUT_MS,
  );

  it(
    '[P19] … when a proxy cuts every connection again and again',
    async () => {
      const cuts = setInterval(() => relay.cut(), CUT_MS);
      const began = Date.now();
      while (Date.now() - began < 5 * CUT_MS) await talk(1);
      clearInterval(cuts);
      for (const witness of [eva, max]) {
        expect(new Set((await witness.samples()).map(({ state: said }) => said)).size).toBeGreaterThan(1);
      }
      await agree();
    },
    TIMEOUT_MS,
  );
});
