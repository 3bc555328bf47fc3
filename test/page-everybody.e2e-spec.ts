// Functions evaluated inside the page use the browser's globals.
/// <reference lib="dom" />
import type { BrowserContextOptions, Page } from 'playwright-core';
import { findChromium } from '../proof/chromium';
import { MessageLog } from '../src/messages/log/message-log';
import { append } from './support/append';
import { violations } from './support/axe';
import { Visitors } from './support/browser';
import { box, connected, join, say, state } from './support/chat-page';
import { startServer, type TestServer } from './support/server';
import { describeWhere } from './support/suites';

const chromium = findChromium();

describeWhere(chromium !== undefined, 'Chromium (CHROMIUM_PATH)')('the page for everybody', () => {
  const visitors = new Visitors(chromium!);
  let server: TestServer;

  afterEach(async () => {
    const complaints = await visitors.leave();
    await server.stop();
    expect(complaints).toEqual([]);
  });

  async function start(environment: Record<string, string> = {}): Promise<void> {
    server = await startServer(environment);
    // By several users, with texts that take space.
    const texts = [
      '**fett** und `code`',
      '```\nmehr\n```',
      `https://a.example/${'x'.repeat(300)}`,
      'W'.repeat(200),
      'سلام',
    ];
    for (let i = 0; i < 40; i++) {
      await append(
        server.app.get(MessageLog),
        ['Öykü', 'W'.repeat(50), '<b>Max</b>'][i % 3]!,
        texts[i % texts.length]!,
      );
    }
  }

  async function open(options: BrowserContextOptions = {}, prepare?: (page: Page) => Promise<unknown>): Promise<Page> {
    const page = await visitors.open(options);
    await prepare?.(page);
    await page.goto(server.url);
    return page;
  }

  const widths = (page: Page) =>
    page.evaluate(() => [document.documentElement.scrollWidth, document.querySelector('main')!.scrollWidth]);

  it.each([
    ['light', 'de-DE', { width: 1280, height: 720 }],
    ['dark', 'en-GB', { width: 390, height: 844 }],
  ] as const)('[P20] has nothing that axe finds: %s, %s', async (colorScheme, locale, viewport) => {
    await start();
    const page = await open({ colorScheme, locale, viewport });
    await connected(page);
    expect(await violations(page)).toEqual([]);
    await join(page, 'Eva');
    await say(page, 'meine');
    if (viewport.width < 1024) await page.locator('#overview').click();
    expect(await violations(page)).toEqual([]);
  });

  it('[P20] has nothing that axe finds where it asks to sign in', async () => {
    await start({ AUTH_JWT_SECRET: 'x'.repeat(32), AUTH_GUESTS: 'none' });
    const page = await open();
    await page.getByLabel('Zugangstoken').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it.each([
    ['320 pixels', { width: 320, height: 640 }],
    ['a phone on its side', { width: 667, height: 375 }],
    ['1280 pixels at 400 %', { width: 320, height: 256 }],
  ])('[P20] fits %s, whatever is shown', async (_what, viewport) => {
    await start();
    const page = await open({ viewport });
    await connected(page);
    const fits = async () => expect(await widths(page)).toEqual([viewport.width, viewport.width]);
    await fits();
    await join(page, 'W'.repeat(50));
    await fits();
    await box(page).fill('W'.repeat(500));
    await fits();
    await page.locator('#overview').click();
    await page.locator('[data-figure=total]').getByText('40', { exact: true }).waitFor();
    await fits();
    await page.keyboard.press('Escape');
    await server.stop();
    await state(page)
      .getByText(/^Vollständig bis \d\d:\d\d, /)
      .waitFor();
    await fits();
    visitors.forgiveLostConnections();
  });

  it('[P20] leaves most of a phone on its side to the messages', async () => {
    await start();
    const page = await open({ viewport: { width: 812, height: 375 }, isMobile: true, hasTouch: true });
    await connected(page);
    await join(page, 'Eva');
    const { height } = (await page.locator('.list').boundingBox())!;
    expect(height).toBeGreaterThan(375 / 2);
  });

  it('[P20] fits 320 pixels where it asks for a token', async () => {
    await start({ AUTH_JWT_SECRET: 'x'.repeat(32), AUTH_GUESTS: 'none' });
    const page = await open({ viewport: { width: 320, height: 640 } });
    await page.getByLabel('Zugangstoken').waitFor();
    expect(await widths(page)).toEqual([320, 320]);
  });

  it('[P20] moves nothing while it opens', async () => {
    await start();
    const page = await open();
    await connected(page);
    await page.locator('[data-id]').last().waitFor();
    const shifts = await page.evaluate(async () => {
      const seen = (list: PerformanceEntry[]) =>
        list
          .flatMap((entry) => (entry as unknown as { sources: { node?: Node }[] }).sources)
          .map(({ node }) => (node instanceof Element ? node.outerHTML : String(node?.textContent)));
      const shifted: string[] = [];
      const observer = new PerformanceObserver((list) => shifted.push(...seen(list.getEntries())));
      observer.observe({ type: 'layout-shift', buffered: true });
      // Buffered entries arrive in a separate task, those of a frame after it.
      const mark = new Promise<void>((resolve) => {
        new PerformanceObserver(() => resolve()).observe({ type: 'mark', buffered: true });
      });
      performance.mark('until here');
      await mark;
      for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
      return [...shifted, ...seen(observer.takeRecords())];
    });
    expect(shifts).toEqual([]);
  });

  it('[P20] has its colours before any script has run', async () => {
    await start();
    const page = await open({ colorScheme: 'dark' }, (fresh) => fresh.route('**/*.js', (route) => route.abort()));
    await page.getByRole('heading', { name: 'Chat' }).waitFor();
    const [red, green, blue] = await page
      .locator('body')
      .evaluate((body) => getComputedStyle(body).backgroundColor.match(/\d+/g)!.map(Number));
    expect(Math.max(red!, green!, blue!)).toBeLessThan(60);
    visitors.forgive('Failed to load resource');
  });

  it('[P20] keeps the draft over a reload', async () => {
    await start();
    const page = await open();
    await connected(page);
    await join(page, 'Eva');
    await box(page).fill('halb\ngeschrieben');
    await page.reload();
    await connected(page);
    expect(await box(page).inputValue()).toBe('halb\ngeschrieben');
  });
});
