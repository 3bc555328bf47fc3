// Functions evaluated inside the page use the browser's globals.
/// <reference lib="dom" />
import type { BrowserContextOptions, Page } from 'playwright-core';
import { findChromium } from '../proof/chromium';
import { Visitors } from './support/browser';
import { ChatClient } from './support/chat-client';
import { startServer, type TestServer } from './support/server';
import { describeWhere } from './support/suites';
import { until } from './support/until';

const chromium = findChromium();
const STATS = /\/api\/messages\/stats$/;
/** Interval of requests. */
const INTERVAL_MS = 15_000;

describeWhere(chromium !== undefined, 'Chromium (CHROMIUM_PATH)')('the side panel', () => {
  const visitors = new Visitors(chromium!);
  let server: TestServer;
  let page: Page;
  /** Addresses of the requests so far. */
  let asked: string[];

  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(async () => {
    const complaints = await visitors.leave();
    await server.stop();
    expect(complaints).toEqual([]);
  });

  async function visit(options: BrowserContextOptions = {}): Promise<void> {
    page = await visitors.open(options);
    asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.clock.install();
    await page.goto(server.url);
    await page.getByText(/^(Verbunden|Connected)$/).waitFor();
  }

  const figure = (name: string) => page.locator(`[data-figure="${name}"]`);
  const statsAsked = () => asked.filter((url) => STATS.test(url)).length;

  async function write(username: string, count: number): Promise<void> {
    const client = await ChatClient.open(server);
    for (let i = 0; i < count; i++) {
      client.sendMessage(username, `Nachricht ${i}`);
      await client.nextOf('chat_message');
    }
    await client.close();
  }

  it('[P18] shows the figures and the rate of messages, as they grow', async () => {
    await write('<b>Eva</b>', 3);
    await visit();
    await until(async () => (await figure('total').textContent()) === '3');
    expect(await figure('most').textContent()).toBe('<b>Eva</b>');
    expect(await figure('rate').textContent()).toBe('–');
    const now = await page.evaluate(() => Date.now());
    await page.clock.pauseAt(now + 2_000);
    await write('Max', 5);
    await page.clock.runFor(INTERVAL_MS);
    await until(async () => (await figure('total').textContent()) === '8');
    expect(await figure('users').textContent()).toBe('2');
    expect(await figure('most').textContent()).toBe('Max');
    // Five messages in seventeen seconds plus the time of the start.
    const rate = Number((await figure('rate').textContent())!.replace(',', '.'));
    expect(rate).toBeGreaterThan(5);
    expect(rate).toBeLessThan(21);
    const chart = page.getByRole('img', { name: /Nachrichten je Minute, letzte 15 Minuten/ });
    expect(await chart.locator('rect').count()).toBe(1);
    const documents = page.getByRole('navigation', { name: 'Für Entwickler' }).getByRole('link');
    for (const link of await documents.all()) {
      const address = await link.evaluate((it) => (it as HTMLAnchorElement).href);
      expect((await fetch(address)).status).toBe(200);
    }
    expect(asked.filter((url) => !url.startsWith(server.url))).toEqual([]);
  });

  it('[P18] asks only while somebody can see it', async () => {
    await visit();
    await until(() => statsAsked() === 1);
    const look = (isHidden: boolean) =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, isHidden);
    await look(true);
    await page.clock.runFor(INTERVAL_MS);
    expect(statsAsked()).toBe(1);
    await look(false);
    await page.clock.runFor(1);
    await until(() => statsAsked() === 2);
    await page.clock.runFor(INTERVAL_MS);
    await until(() => statsAsked() === 3);
  });

  it('[P18] is behind a button on a phone, and opens over the chat', async () => {
    await visit({ viewport: { width: 320, height: 640 }, locale: 'en-GB' });
    await page.clock.runFor(INTERVAL_MS);
    expect(statsAsked()).toBe(0);
    const panel = page.getByRole('complementary', { name: 'Overview' });
    expect(await panel.isVisible()).toBe(false);
    const button = page.getByRole('button', { name: 'Overview' });
    await button.click();
    await panel.waitFor();
    await page.clock.runFor(1);
    await until(() => statsAsked() === 1);
    expect(await panel.evaluate((it) => it.scrollWidth)).toBeLessThanOrEqual(320);
    // The panel covers every part of the element.
    await panel.getByRole('button', { name: 'Close' }).click();
    await panel.waitFor({ state: 'hidden' });
    await button.click();
    await panel.waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    expect(await button.evaluate((it) => it === document.activeElement)).toBe(true);
  });
});
