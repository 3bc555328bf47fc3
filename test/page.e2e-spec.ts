// Functions evaluated inside the page use the browser's globals.
/// <reference lib="dom" />
import type { Browser, BrowserContextOptions, Locator, Page, WebSocketRoute } from 'playwright-core';
import { createApp } from '../src/app.factory';
import { listen } from '../src/platform/http/listen';
import { readSettings } from '../src/settings/load-settings';
import { findChromium, launch, Visitor } from './support/browser';
import { ChatClient } from './support/chat-client';
import { startServer, type TestServer } from './support/server';
import { describeWhere } from './support/suites';
import { until } from './support/until';

const chromium = findChromium();

describeWhere(chromium !== undefined, 'Chromium (CHROMIUM_PATH)')('the page', () => {
  let browser: Browser;
  let server: TestServer;
  let visitors: Visitor[];

  beforeAll(async () => {
    browser = await launch(chromium!);
  });

  afterAll(() => browser.close());

  beforeEach(async () => {
    visitors = [];
    server = await startServer();
  });

  afterEach(async () => {
    for (const visitor of visitors) await visitor.close();
    await server.stop();
    expect(visitors.flatMap(({ complaints }) => complaints)).toEqual([]);
  });

  /** Opens the page and waits until it is connected. */
  async function visit(options: BrowserContextOptions = {}, prepare?: (page: Page) => Promise<void>): Promise<Page> {
    const visitor = await Visitor.open(browser, 'about:blank', options);
    visitors.push(visitor);
    await prepare?.(visitor.page);
    await visitor.page.goto(server.url);
    await connected(visitor.page);
    return visitor.page;
  }

  /** The same with `between` intercepting the WebSocket. */
  const visitThrough = (between: (route: WebSocketRoute) => void) =>
    visit({}, (page) => page.routeWebSocket('**/ws', between));

  const withClock = (page: Page) => page.clock.install();

  /** Pauses the clock 5 s ahead: it cannot go backwards. */
  const stopTime = async (page: Page) => page.clock.pauseAt((await page.evaluate(() => Date.now())) + 5_000);

  /**
   * Restarts the server on the same database, with messages written meanwhile. The page must be opened `withClock`: its
   * time stands still, so the duration of the restart does not affect its next attempt.
   */
  async function restart(
    page: Page,
    environment: Record<string, string>,
    meanwhile: string[],
    away?: () => Promise<void>,
  ): Promise<void> {
    await stopTime(page);
    await server.stop();
    await page.getByRole('status').getByText('Keine Verbindung, neuer Versuch …').waitFor();
    await away?.();
    const same = { DATABASE_URL: server.database, LOG_LEVEL: 'error', LIMITS: 'off' };
    const elsewhere = await startServer(same);
    await others(elsewhere, ...meanwhile);
    await elsewhere.stop();
    const app = await createApp(readSettings({ ...same, ...environment }));
    await listen(app, server.port, '127.0.0.1');
    server = { ...server, app, stop: () => app.close() };
    await page.clock.resume();
    await connected(page);
    // The browser logs each failed connection.
    for (const visitor of visitors) visitor.forgive('WebSocket connection to');
  }

  const connected = (page: Page) => page.locator('#status[data-state=connected]').waitFor();
  const log = (page: Page) => page.getByRole('log');
  const texts = (page: Page) => log(page).locator('.text').allTextContents();
  const shown = (page: Page, text: string) => log(page).getByText(text, { exact: true }).waitFor();
  const stored = (page: Page, text: string) =>
    log(page).locator('.own:not(.pending) .text').getByText(text, { exact: true }).waitFor();
  const focused = (page: Page) => page.evaluate(() => document.activeElement?.id);
  const colour = (place: Locator, property: string) =>
    place.evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);

  /** Sends messages as another user; resolves when all are stored. */
  async function others(on: { port: number }, ...messages: string[]): Promise<void> {
    const client = await ChatClient.open(on);
    for (const message of messages) {
      client.sendMessage('Öykü', message);
      await client.nextOf('chat_message');
    }
    await client.close();
  }

  async function history(): Promise<string[]> {
    const response = await fetch(`${server.url}/api/messages`);
    const { messages } = (await response.json()) as { messages: { message: string }[] };
    return messages.map(({ message }) => message);
  }

  it('[P1] shows the history, then live messages, each once, in order', async () => {
    await others(server, 'eins', 'zwei', 'zwei', 'drei');
    const page = await visit();
    await others(server, 'vier', 'vier', 'fünf');
    await shown(page, 'fünf');
    expect(await texts(page)).toEqual(['eins', 'zwei', 'zwei', 'drei', 'vier', 'vier', 'fünf']);
  });

  it('[P1] shows a history of long messages over several pages', async () => {
    await others(server, ...Array.from({ length: 100 }, (_, i) => `${i} ${'😀'.repeat(3990)}`));
    const page = await visit();
    await others(server, 'danach');
    await shown(page, 'danach');
    const numbers = (await texts(page)).map((text) => text.split(' ', 1)[0]);
    expect(numbers).toEqual([...Array.from({ length: 100 }, (_, i) => String(i)), 'danach']);
  });

  it('[P1] neither misses nor repeats messages that arrive while the history loads', async () => {
    await others(server, 'vorher');
    const visitor = await Visitor.open(browser, 'about:blank');
    visitors.push(visitor);
    const { page } = visitor;
    await page.route('**/api/messages/recent*', async (route) => {
      await others(server, 'dazwischen');
      const response = await route.fetch();
      await others(server, 'danach', 'danach');
      await route.fulfill({ response });
    });
    await page.goto(server.url);
    await connected(page);
    await others(server, 'zuletzt');
    await shown(page, 'zuletzt');
    expect(await texts(page)).toEqual(['vorher', 'dazwischen', 'danach', 'danach', 'zuletzt']);
  });

  it('[P1] shows local time, and a button instead of scrolling while the user reads back', async () => {
    await others(server, ...Array.from({ length: 40 }, (_, i) => `Zeile ${i}`));
    const page = await visit();
    await page.getByText('Zeile 39', { exact: true }).waitFor();
    const time = log(page).locator('time').last();
    const expected = new Intl.DateTimeFormat('de', { timeStyle: 'short', timeZone: 'Europe/Berlin' });
    expect(await time.textContent()).toBe(expected.format(new Date((await time.getAttribute('datetime'))!)));

    await log(page).hover();
    await page.mouse.wheel(0, -5000);
    await page.waitForFunction(() => document.getElementById('log')!.scrollTop === 0);
    await others(server, 'unten');
    const more = page.getByRole('button', { name: 'Neue Nachrichten' });
    await more.waitFor();
    expect(await log(page).evaluate((element) => element.scrollTop)).toBe(0);
    await more.click();
    await more.waitFor({ state: 'hidden' });
    await page.waitForFunction(() => {
      const { scrollTop, clientHeight, scrollHeight } = document.getElementById('log')!;
      return scrollHeight - scrollTop - clientHeight < 2;
    });
  });

  it("[P2] sends on Enter and shows the message as the user's own", async () => {
    const page = await visit();
    const client = await ChatClient.open(server);
    await page.getByLabel('Dein Name').fill('Jürgen');
    const box = page.getByLabel('Nachricht', { exact: true });
    await box.fill('Hallo');
    await box.press('Shift+Enter');
    await box.pressSequentially('alle zusammen');
    await box.press('Enter');
    expect(await client.nextOf('chat_message')).toMatchObject({ username: 'Jürgen', message: 'Hallo\nalle zusammen' });
    await log(page).locator('.own', { hasText: 'alle zusammen' }).waitFor();
    expect(await box.inputValue()).toBe('');

    client.sendMessage('Öykü', 'Hallo Jürgen');
    await shown(page, 'Hallo Jürgen');
    expect(await log(page).locator('.own').count()).toBe(1);

    await page.reload();
    await log(page).locator('.own', { hasText: 'alle zusammen' }).waitFor();
    expect(await page.getByLabel('Dein Name').inputValue()).toBe('Jürgen');
    await client.close();
  });

  it('[P2] asks for the name first, and works without storage', async () => {
    const visitor = await Visitor.open(browser, 'about:blank');
    visitors.push(visitor);
    const { page } = visitor;
    await page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get: () => {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    });
    await page.goto(server.url);
    await connected(page);
    const box = page.getByLabel('Nachricht', { exact: true });
    await box.fill('Wer bin ich?');
    await box.press('Enter');
    await page.getByRole('alert').getByText('Bitte gib zuerst deinen Namen ein.').waitFor();
    expect(await focused(page)).toBe('name');
    expect(await box.inputValue()).toBe('Wer bin ich?');
    await page.keyboard.type('Niemand');
    await page.keyboard.press('Enter');
    await log(page).locator('.own', { hasText: 'Wer bin ich?' }).waitFor();
  });

  it('[P3] shows user text only as text', async () => {
    const image = '<img src=x onerror="document.title=1">';
    const script = '<script>document.title = 2</script>';
    const page = await visit();
    const client = await ChatClient.open(server);
    client.sendMessage('<b>Max</b>', image);
    client.sendMessage('<b>Max</b>', script);
    await shown(page, script);
    expect(await texts(page)).toEqual([image, script]);
    expect(await log(page).locator('.who').first().textContent()).toBe('<b>Max</b>');
    await page.reload();
    await shown(page, script);
    expect(await log(page).locator('img, script, b').count()).toBe(0);
    expect(await page.title()).toBe('Chat');
    await client.close();
  });

  it('[P4] shows joins', async () => {
    const page = await visit();
    const client = await ChatClient.open(server, '/ws?username=Lukas');
    await shown(page, 'Lukas ist jetzt dabei');
    client.send({ type: 'user_joined', username: '<i>Mia</i>' });
    await shown(page, '<i>Mia</i> ist jetzt dabei');
    await client.close();
  });

  it('[P5] reconnects by itself, and then has the messages written meanwhile', async () => {
    const page = await visit({}, withClock);
    const box = page.getByLabel('Nachricht', { exact: true });
    await page.getByLabel('Dein Name').fill('Jana');
    await box.fill('noch da');
    await box.press('Enter');
    await stored(page, 'noch da');
    await others(server, 'vorher', 'vorher');
    await shown(page, 'Öykü ist jetzt dabei');
    await box.fill('halb getippt');

    await restart(page, {}, ['meanwhile', 'meanwhile'], () =>
      until(async () => {
        await page.clock.runFor(1_000);
        return visitors[0]!.complaints.length >= 2;
      }),
    );
    await others(server, 'danach');
    await shown(page, 'danach');
    expect(await texts(page)).toEqual(['noch da', 'vorher', 'vorher', 'meanwhile', 'meanwhile', 'danach']);
    expect(await box.inputValue()).toBe('halb getippt');
    // Users who return after the restart are not shown as joins.
    expect(await log(page).locator('.joined').count()).toBe(1);
  });

  it('[P5] sends messages written while the server was down, each once and in order', async () => {
    const page = await visit({}, withClock);
    const box = page.getByLabel('Nachricht', { exact: true });
    await page.getByLabel('Dein Name').fill('Jana');
    await restart(page, {}, ['meanwhile'], async () => {
      for (const message of ['erstens', 'zweitens', 'zweitens']) {
        await box.fill(message);
        await box.press('Enter');
        expect(await box.inputValue()).toBe('');
      }
      expect(await log(page).locator('.pending .text').allTextContents()).toEqual(['erstens', 'zweitens', 'zweitens']);
    });
    await until(async () => (await log(page).locator('.pending').count()) === 0);
    const expected = ['meanwhile', 'erstens', 'zweitens', 'zweitens'];
    expect(await texts(page)).toEqual(expected);
    expect(await history()).toEqual(expected);
  });

  it('[P5] reconnects at once when the user writes, even after many failed attempts', async () => {
    const page = await visit({}, withClock);
    const box = page.getByLabel('Nachricht', { exact: true });
    await page.getByLabel('Dein Name').fill('Jana');
    await restart(page, {}, [], () =>
      until(async () => {
        await box.fill('Ist da jemand?');
        await box.press('Enter');
        return visitors[0]!.complaints.length >= 8;
      }),
    );
    await until(async () => (await log(page).locator('.pending').count()) === 0);
  });

  it('[P5] stores and shows a message once when the connection breaks before the answer', async () => {
    let broken = 0;
    const page = await visitThrough((route) => {
      const toServer = route.connectToServer();
      toServer.onMessage((frame) => {
        if (broken > 0 || !/"type":"ack"/.test(String(frame))) route.send(frame);
        else {
          broken++;
          void toServer.close();
          void route.close({ code: 3000 });
        }
      });
    });
    const seen = await page.evaluateHandle(() => {
      const counts: number[] = [];
      const count = () => [...document.querySelectorAll<HTMLElement>('.text')].filter((text) => text.offsetParent);
      new MutationObserver(() => counts.push(count().length)).observe(document.getElementById('log')!, {
        childList: true,
        subtree: true,
      });
      return counts;
    });
    await page.getByLabel('Dein Name').fill('Jana');
    await page.getByLabel('Nachricht', { exact: true }).fill('nur einmal');
    await page.keyboard.press('Enter');
    await stored(page, 'nur einmal');
    await until(async () => (await log(page).locator('.pending').count()) === 0);
    expect(broken).toBe(1);
    expect(await texts(page)).toEqual(['nur einmal']);
    expect(await history()).toEqual(['nur einmal']);
    expect(Math.max(...(await seen.jsonValue()))).toBe(1);
  });

  it('[P5] sends an unsent message after a reload', async () => {
    const page = await visitThrough((route) => {
      const toServer = route.connectToServer();
      route.onMessage((frame) => {
        if (!/"type":"chat_message"/.test(String(frame))) toServer.send(frame);
      });
    });
    await page.getByLabel('Dein Name').fill('Jana');
    await page.getByLabel('Nachricht', { exact: true }).fill('unterwegs');
    await page.keyboard.press('Enter');
    await log(page).locator('.pending', { hasText: 'unterwegs' }).waitFor();
    await page.unrouteAll();
    await page.routeWebSocket('**/ws', (route) => void route.connectToServer());
    await page.reload();
    await stored(page, 'unterwegs');
    expect(await history()).toEqual(['unterwegs']);
  });

  it('[P5] reloads the history after a gap beyond the replay limit', async () => {
    await others(server, 'eins');
    const page = await visit({}, withClock);
    await shown(page, 'eins');
    await restart(page, { REPLAY_LIMIT: '2' }, ['zwei', 'drei', 'vier', 'fünf']);
    await others(server, 'sechs');
    await shown(page, 'sechs');
    expect(await texts(page)).toEqual(['eins', 'zwei', 'drei', 'vier', 'fünf', 'sechs']);
  });

  it('[P5] detects a dead connection and lost frames', async () => {
    let mode: 'open' | 'silent' | 'lossy' = 'open';
    const page = await visit({}, async (fresh) => {
      await withClock(fresh);
      await fresh.routeWebSocket('**/ws', (route) => {
        const toServer = route.connectToServer();
        toServer.onMessage((frame) => {
          if (/"type":"welcome"/.test(String(frame))) mode = 'open';
          const isLost = mode === 'silent' || (mode === 'lossy' && /"type":"chat_message"/.test(String(frame)));
          if (!isLost) route.send(frame);
        });
      });
    });
    mode = 'silent';
    await others(server, 'verschluckt');
    await page.clock.fastForward(15_000);
    await page.clock.fastForward(10_000);
    await shown(page, 'verschluckt');
    await connected(page);
    mode = 'lossy';
    await others(server, 'verloren');
    await page.clock.fastForward(15_000);
    await shown(page, 'verloren');
    expect(await texts(page)).toEqual(['verschluckt', 'verloren']);
  });

  it('[P6] speaks German and English, and switches', async () => {
    await others(server, 'Hallo');
    const page = await visit({ locale: 'en-GB' });
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.getByRole('status').getByText('Connected', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Deutsch' }).click();
    await page.getByRole('status').getByText('Verbunden', { exact: true }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    expect(await page.getByLabel('Dein Name').count()).toBe(1);
    expect(await texts(page)).toEqual(['Hallo']);
    await page.reload();
    await page.getByRole('button', { name: 'Senden' }).waitFor();

    const german = await visit({ locale: 'de-AT' });
    await german.getByRole('button', { name: 'Senden' }).waitFor();
  });

  it('[P7] follows light and dark mode', async () => {
    const page = await visit({ colorScheme: 'light' });
    const body = page.locator('body');
    const light = await colour(body, 'background-color');
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await colour(body, 'background-color');
    expect(brightness(light)).toBeGreaterThan(200);
    expect(brightness(dark)).toBeLessThan(60);
    expect(brightness(await colour(body, 'color'))).toBeGreaterThan(200);
  });

  it('[P8] is usable on a phone', async () => {
    await others(server, 'a'.repeat(500), ...Array.from({ length: 20 }, (_, i) => `Zeile ${i}`));
    const client = await ChatClient.open(server, '/ws?username=Max');
    const page = await visit({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
    await page.getByLabel('Dein Name').fill('W'.repeat(50));
    await page.getByLabel('Nachricht', { exact: true }).fill('b'.repeat(300));
    await page.getByRole('button', { name: 'Senden' }).tap();
    await log(page).locator('.own').waitFor();
    const sizes = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      return { page: [scrollWidth, scrollHeight], log: document.getElementById('log')!.scrollWidth };
    });
    expect(sizes).toEqual({ page: [390, 844], log: 390 });
    for (const id of ['name', 'message', 'send', 'language', 'count']) {
      const box = (await page.locator(`#${id}`).boundingBox())!;
      expect(box.height).toBeGreaterThanOrEqual(44);
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(390);
      expect(box.y + box.height).toBeLessThanOrEqual(844);
    }
    await page.getByText('2 online').tap();
    const names = (await page.locator('#names').boundingBox())!;
    expect(names.x).toBeGreaterThanOrEqual(0);
    expect(names.x + names.width).toBeLessThanOrEqual(390);
    await log(page).tap();
    await page.locator('#names').waitFor({ state: 'hidden' });
    await client.close();
  });

  it('[P8] is usable by keyboard alone', async () => {
    const page = await visit();
    const order = [];
    for (let i = 0; i < 5; i++) {
      await page.keyboard.press('Tab');
      order.push(await focused(page));
      expect(await colour(page.locator(':focus'), 'outline-style')).toBe('solid');
    }
    expect(order).toEqual(['language', 'log', 'name', 'message', 'send']);
    await page.getByLabel('Dein Name').focus();
    await page.keyboard.type('Tabea');
    await page.keyboard.press('Tab');
    await page.keyboard.type('nur Tasten');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await log(page).locator('.own', { hasText: 'nur Tasten' }).waitFor();
    expect(await focused(page)).toBe('message');
  });

  it("[P9] shows the server's refusal and keeps the text", async () => {
    const page = await visit();
    const long = 'x'.repeat(4001);
    await page.getByLabel('Dein Name').fill('Max');
    const box = page.getByLabel('Nachricht', { exact: true });
    await box.fill(long);
    await box.press('Enter');
    await page.getByRole('alert').getByText('»message« muss 1 bis 4000 Zeichen lang sein').waitFor();
    expect(await box.inputValue()).toBe(long);
    await box.fill('kürzer');
    await box.press('Enter');
    await log(page).locator('.own', { hasText: 'kürzer' }).waitFor();
    expect(await page.getByRole('alert').textContent()).toBe('');
  });

  it('[P9] keeps the text, and states the reason, when the server closes the connection over its size', async () => {
    const page = await visit();
    const huge = 'x'.repeat(60_000);
    await page.getByLabel('Dein Name').fill('Max');
    const box = page.getByLabel('Nachricht', { exact: true });
    await box.fill(huge);
    await box.press('Enter');
    await page.getByRole('alert').getByText('Die Nachricht ist zu lang').waitFor();
    await connected(page);
    expect(await box.inputValue()).toBe(huge);
  });

  /** Types until the other page shows it: the indicator expires after some seconds. */
  const typingSeen = (page: Page, box: Locator) =>
    until(async () => {
      await box.press('x');
      return page.getByText('Öykü schreibt …').isVisible();
    });

  it('[P10] shows the users present and typing', async () => {
    const page = await visit();
    const present = page.locator('#present');
    expect(await present.isVisible()).toBe(false);
    const other = await visit({ locale: 'en-GB' });
    await other.getByLabel('Your name').fill('Öykü');
    const box = other.getByLabel('Message', { exact: true });
    await typingSeen(page, box);
    expect(await other.locator('#typing').textContent()).toBe('');
    await page.getByText('1 online').waitFor();
    await box.fill('Bin gleich');

    await box.press('Enter');
    await shown(page, 'Bin gleich');
    expect(await page.locator('#typing').textContent()).toBe('');

    const client = await ChatClient.open(server, '/ws?username=Ahmed');
    await page.getByText('2 online').focus();
    await page.keyboard.press('Enter');
    const names = page.getByRole('list', { name: 'Wer online ist' });
    await names.getByText('Ahmed').waitFor();
    expect(await names.getByRole('listitem').allTextContents()).toEqual(['Ahmed', 'Öykü']);
    await client.close();
    await page.getByText('1 online').waitFor();
    expect(await names.getByRole('listitem').allTextContents()).toEqual(['Öykü']);
    await page.keyboard.press('Escape');
    await names.waitFor({ state: 'hidden' });
    expect(await focused(page)).toBe('count');

    // A later visitor sees the users present, without being present.
    const late = await visit();
    await late.getByText('1 online').waitFor();

    // The typing indicator expires without a message.
    await typingSeen(page, box);
    await page.getByText('Öykü schreibt …').waitFor({ state: 'detached' });
    // A visitor who only reads is not present, not even under a remembered name.
    await other.reload();
    await connected(other);
    expect(await other.getByLabel('Your name').inputValue()).toBe('Öykü');
    await other.locator('#present').waitFor({ state: 'hidden' });
    await present.waitFor({ state: 'hidden' });
  });

  it('[P10] sends typing at most once a second', async () => {
    let sent = 0;
    const page = await visit({}, async (fresh) => {
      await withClock(fresh);
      await fresh.routeWebSocket('**/ws', (route) => {
        const toServer = route.connectToServer();
        route.onMessage((frame) => {
          if (/"type":"typing"/.test(String(frame))) sent++;
          toServer.send(frame);
        });
      });
    });
    const client = await ChatClient.open(server);
    await page.getByLabel('Dein Name').fill('Jana');
    const box = page.getByLabel('Nachricht', { exact: true });
    await stopTime(page);
    await box.fill('  ');
    for (const ms of [0, 999, 1, 999, 1]) {
      await page.clock.runFor(ms);
      for (let i = 0; i < 3; i++) await box.press('x');
    }
    // All typing frames precede the message.
    await box.press('Enter');
    await client.nextOf('chat_message');
    expect(sent).toBe(3);
    await client.close();
  });
});

/** Mean of the three components of `rgb(…)`. */
function brightness(colour: string): number {
  const parts = colour.match(/\d+/g)!.map(Number);
  return parts.reduce((sum, part) => sum + part) / parts.length;
}
