// Functions evaluated inside the page use the browser's globals.
/// <reference lib="dom" />
import type { Browser, CDPSession, Page } from 'playwright-core';
import { findChromium, launch } from '../proof/chromium';
import { MessageLog } from '../src/messages/log/message-log';
import { append } from './support/append';
import { Visitor } from './support/browser';
import { connected, log, shown } from './support/chat-page';
import { startServer, type TestServer } from './support/server';
import { describeWhere } from './support/suites';
import { until } from './support/until';

const chromium = findChromium();
const HISTORY = 100_000;
/** Number of messages scrolled through. */
const READ = 10_000;
/** Allowed growth of memory; keeping all messages scrolled through would exceed it. */
const MAX_GROWTH_BYTES = 24 * 2 ** 20;
const MAX_NODES = 40_000;

describeWhere(chromium !== undefined, 'Chromium (CHROMIUM_PATH)')('a long history on the page', () => {
  let browser: Browser;
  let server: TestServer;
  let visitor: Visitor;

  beforeAll(async () => {
    browser = await launch(chromium!);
    server = await startServer();
    const stored = server.app.get(MessageLog);
    for (let i = 0; i < HISTORY; i += 5_000) {
      const texts = Array.from(
        { length: 5_000 },
        (_, j) => `Nummer ${i + j + 1}${' mit etwas mehr Text'.repeat(j % 7)}`,
      );
      await Promise.all(texts.map((text, j) => append(stored, `Nutzer ${(j >> 3) % 40}`, text)));
    }
    visitor = await Visitor.open(browser, 'about:blank');
  }, 120_000);

  afterAll(async () => {
    await visitor.close();
    await browser.close();
    await server.stop();
    expect(visitor.complaints).toEqual([]);
  });

  async function memory(session: CDPSession): Promise<{ bytes: number; nodes: number }> {
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const value = (name: string) => metrics.find((metric) => metric.name === name)!.value;
    return { bytes: value('JSHeapUsedSize'), nodes: value('Nodes') };
  }

  const firstId = (page: Page) => log(page).locator('[data-id]').first().getAttribute('data-id').then(Number);

  it('[P21] is scrolled with a bounded document and bounded memory', async () => {
    const { page } = visitor;
    await page.goto(server.url);
    await connected(page);
    await shown(page, `Nummer ${HISTORY}${' mit etwas mehr Text'.repeat(4_999 % 7)}`);
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    const before = await memory(session);
    await page.evaluate(() => {
      const frames: number[] = [];
      let last = performance.now();
      const count = (now: number) => {
        frames.push(now - last);
        last = now;
        requestAnimationFrame(count);
      };
      requestAnimationFrame(count);
      Object.assign(window, { frames });
    });
    await log(page).hover();
    const began = Date.now();
    let lowest = HISTORY;
    await until(async () => {
      await page.mouse.wheel(0, -3_000);
      const first = await firstId(page);
      // It never jumps back towards the end.
      expect(first).toBeLessThanOrEqual(lowest);
      lowest = first;
      return first <= HISTORY - READ;
    });
    const seconds = (Date.now() - began) / 1_000;
    const after = await memory(session);
    const frames = await page.evaluate(() => (window as unknown as { frames: number[] }).frames.sort((a, b) => a - b));
    const figures = {
      seconds,
      median: frames[frames.length >> 1],
      p99: frames[Math.floor(frames.length * 0.99)],
      before,
      after,
    };
    if (process.env.FIGURES) console.log(figures);
    expect(after.bytes - before.bytes).toBeLessThan(MAX_GROWTH_BYTES);
    expect(after.nodes).toBeLessThan(MAX_NODES);
    await page.getByRole('button', { name: 'Zur neuesten Nachricht' }).click();
    await shown(page, `Nummer ${HISTORY}${' mit etwas mehr Text'.repeat(4_999 % 7)}`);
  }, 120_000);
});
