// Functions evaluated inside the page use the browser's globals.
/// <reference lib="dom" />
import type { BrowserContextOptions, Locator, Page, WebSocketRoute } from 'playwright-core';
import { findChromium } from '../proof/chromium';
import { createApp } from '../src/app.factory';
import { listen } from '../src/platform/http/listen';
import { readSettings } from '../src/settings/load-settings';
import { Visitors } from './support/browser';
import { ChatClient } from './support/chat-client';
import {
  box,
  connected,
  everything,
  focused,
  join,
  log,
  own,
  pending,
  shown,
  state,
  texts,
  write,
} from './support/chat-page';
import { startServer, type TestServer } from './support/server';
import { describeWhere } from './support/suites';
import { until } from './support/until';

const chromium = findChromium();

describeWhere(chromium !== undefined, 'Chromium (CHROMIUM_PATH)')('the page', () => {
  const visitors = new Visitors(chromium!);
  let server: TestServer;

  beforeEach(async () => {
    server = await startServer();
  });

  afterEach(async () => {
    const complaints = await visitors.leave();
    await server.stop();
    expect(complaints).toEqual([]);
  });

  /** Opens the page and waits until it is connected. */
  async function visit(options: BrowserContextOptions = {}, prepare?: (page: Page) => Promise<void>): Promise<Page> {
    const page = await visitors.open(options);
    await prepare?.(page);
    await page.goto(server.url);
    await connected(page);
    return page;
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
    // Drawing waits for the page's clock.
    await until(async () => {
      await page.clock.runFor(50);
      return /^(Vollständig bis \d\d:\d\d, |Keine Verbindung, neuer Versuch …)/.test(
        (await state(page).textContent())!,
      );
    });
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
    visitors.forgiveLostConnections();
  }

  const colour = (place: Locator, property: string) =>
    place.evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);

  /** Records the joins shown from now on, including those removed again. */
  async function countJoins(page: Page): Promise<() => Promise<(string | null)[]>> {
    const seen = await page.locator('#joins').evaluateHandle((list) => {
      const joins: (string | null)[] = [];
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes) joins.push(...[...addedNodes].map(({ textContent }) => textContent));
      }).observe(list, { childList: true });
      return joins;
    });
    return () => seen.jsonValue();
  }

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
    const all = await everything(page);
    expect(all.map(({ text }) => text.split(' ', 1)[0])).toEqual([
      ...Array.from({ length: 100 }, (_, i) => String(i)),
      'danach',
    ]);
    expect(all.map(({ id }) => id)).toEqual(Array.from({ length: 101 }, (_, i) => i + 1));
  });

  it('[P1] neither misses nor repeats messages that arrive while the history loads', async () => {
    await others(server, 'vorher');
    const page = await visitors.open();
    await page.route('**/api/messages?*', async (route) => {
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
    await until(() => log(page).evaluate((element) => element.scrollTop === 0));
    await others(server, 'unten');
    const more = page.getByRole('button', { name: '1 neue Nachricht' });
    await more.waitFor();
    expect(await log(page).evaluate((element) => element.scrollTop)).toBe(0);
    await more.click();
    await more.waitFor({ state: 'hidden' });
    await until(() =>
      log(page).evaluate(({ scrollTop, clientHeight, scrollHeight }) => scrollHeight - scrollTop - clientHeight < 2),
    );
  });

  it("[P2] sends on Enter and shows the message as the user's own", async () => {
    const page = await visit();
    const client = await ChatClient.open(server);
    await join(page, 'Jürgen');
    await box(page).fill('Hallo');
    await box(page).press('Shift+Enter');
    await box(page).pressSequentially('alle zusammen');
    await box(page).press('Enter');
    expect(await client.nextOf('chat_message')).toMatchObject({ username: 'Jürgen', message: 'Hallo\nalle zusammen' });
    await own(page, 'alle zusammen').waitFor();
    expect(await box(page).inputValue()).toBe('');

    client.sendMessage('Öykü', 'Hallo Jürgen');
    await shown(page, 'Hallo Jürgen');
    expect(await log(page).locator('.own').count()).toBe(1);

    await page.reload();
    await own(page, 'alle zusammen').waitFor();
    await page.getByRole('textbox', { name: 'Nachricht als Jürgen' }).waitFor();
    await client.close();
  });

  it('[P2] asks for the name first, and works without storage', async () => {
    const page = await visitors.open();
    await page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get: () => {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    });
    await page.goto(server.url);
    await connected(page);
    // Without a message field no text can be lost.
    expect(await box(page).count()).toBe(0);
    expect(await focused(page)).toBe('name');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Bitte gib einen Namen ein.').waitFor();
    expect(await focused(page)).toBe('name');
    await page.keyboard.type('Niemand');
    await page.keyboard.press('Enter');
    await box(page).waitFor();
    await until(async () => (await focused(page)) === 'text');
    await page.keyboard.type('Wer bin ich?');
    await page.keyboard.press('Enter');
    await own(page, 'Wer bin ich?').waitFor();
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
    expect(await log(page).locator('.name').first().textContent()).toBe('<b>Max</b>');
    await page.reload();
    await shown(page, script);
    expect(await log(page).locator('img, script, b').count()).toBe(0);
    expect(await page.title()).toBe('Chat');
    await client.close();
  });

  it('[P3] makes nothing of what attackers write but text and harmless links', async () => {
    const attacks = [
      '<svg onload=alert(1)><script>alert(1)</script>',
      '[a](javascript:alert(1)) [b](data:text/html,x) [c](vbscript:x) [d](JaVaScRiPt:alert(1))',
      '![x](https://evil.example/pixel.png) <iframe src="https://evil.example"></iframe>',
      '`<img src=x onerror=alert(1)>` **<b onmouseover=alert(1)>b</b>**',
      '```html\n</code></pre><script>alert(1)</script>\n```',
      '<a href="javascript:alert(1)" target=_self>x</a> <style>*{display:none}</style> <base href=//evil.example>',
      '${alert(1)} {{constructor.constructor("alert(1)")()}} &lt;script&gt;',
    ];
    const page = await visit();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('dialog', (opened) => {
      asked.push(opened.message());
      void opened.dismiss();
    });
    for (const attack of attacks) await others(server, attack);
    await others(server, 'Ende');
    await shown(page, 'Ende');
    const made = await log(page).evaluate((list) =>
      [...list.querySelectorAll('.text *')].map(({ tagName, attributes }) => [
        tagName,
        ...[...attributes]
          .map(({ name, value }) => `${name}=${value}`)
          .filter((text) => /^on|href|src|style/.test(text)),
      ]),
    );
    const tags = new Set(made.map(([tag]) => tag));
    for (const tag of ['SCRIPT', 'IMG', 'SVG', 'IFRAME', 'STYLE', 'BASE', 'svg']) expect(tags).not.toContain(tag);
    for (const attribute of made.flatMap(([, ...attributes]) => attributes)) expect(attribute).toMatch(/^href=https?:/);
    expect(asked.filter((url) => !url.startsWith(server.url))).toEqual([]);
  });

  it('[P4] shows joins', async () => {
    const page = await visit();
    const client = await ChatClient.open(server, '/ws?username=Lukas');
    await page.getByText('Lukas ist jetzt dabei').waitFor();
    client.send({ type: 'user_joined', username: '<i>Mia</i>' });
    await page.getByText('<i>Mia</i> ist jetzt dabei').waitFor();
    await client.close();
  });

  it('[P5] reconnects by itself, and then has the messages written meanwhile', async () => {
    const page = await visit({}, withClock);
    await join(page, 'Jana');
    await write(page, 'noch da');
    await own(page, 'noch da').waitFor();
    const joins = await countJoins(page);
    await others(server, 'vorher', 'vorher');
    await page.getByText('Öykü ist jetzt dabei').waitFor();
    await box(page).fill('halb getippt');

    await restart(page, {}, ['meanwhile', 'meanwhile'], () =>
      until(async () => {
        await page.clock.runFor(1_000);
        return visitors.complaints.length >= 2;
      }),
    );
    await others(server, 'danach');
    await shown(page, 'danach');
    expect(await texts(page)).toEqual(['noch da', 'vorher', 'vorher', 'meanwhile', 'meanwhile', 'danach']);
    expect(await box(page).inputValue()).toBe('halb getippt');
    // Users who return after the restart are not shown as joins.
    expect(await joins()).toEqual(['Öykü ist jetzt dabei']);
  });

  it('[P5] sends messages written while the server was down, each once and in order', async () => {
    const page = await visit({}, withClock);
    await join(page, 'Jana');
    await restart(page, {}, ['meanwhile'], async () => {
      for (const message of ['erstens', 'zweitens', 'zweitens']) {
        await write(page, message);
        await page.clock.runFor(50);
        expect(await box(page).inputValue()).toBe('');
      }
      expect(await pending(page).locator('.text').allTextContents()).toEqual(['erstens', 'zweitens', 'zweitens']);
    });
    await until(async () => (await pending(page).count()) === 0);
    const expected = ['meanwhile', 'erstens', 'zweitens', 'zweitens'];
    expect(await texts(page)).toEqual(expected);
    expect(await history()).toEqual(expected);
  });

  it('[P5] reconnects at once when the user writes, even after many failed attempts', async () => {
    const page = await visit({}, withClock);
    await join(page, 'Jana');
    await restart(page, {}, [], () =>
      until(async () => {
        await write(page, 'Ist da jemand?');
        await page.clock.runFor(1_000);
        return visitors.complaints.length >= 8;
      }),
    );
    await until(async () => (await pending(page).count()) === 0);
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
    await join(page, 'Jana');
    const seen = await log(page).evaluateHandle((list) => {
      const counts: number[] = [];
      const count = () => [...list.querySelectorAll<HTMLElement>('.text')].filter((text) => text.offsetParent).length;
      new MutationObserver(() => counts.push(count())).observe(list, { childList: true, subtree: true });
      return counts;
    });
    await write(page, 'nur einmal');
    await own(page, 'nur einmal').waitFor();
    await until(async () => (await pending(page).count()) === 0);
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
    await join(page, 'Jana');
    await write(page, 'unterwegs');
    await pending(page).getByText('unterwegs').waitFor();
    await page.unrouteAll();
    await page.routeWebSocket('**/ws', (route) => void route.connectToServer());
    await page.reload();
    await own(page, 'unterwegs').waitFor();
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
    await state(page).getByText('Connected', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Deutsch' }).click();
    await state(page).getByText('Verbunden', { exact: true }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    expect(await page.getByLabel('Wie heißt du?').count()).toBe(1);
    expect(await texts(page)).toEqual(['Hallo']);
    await page.reload();
    await page.getByRole('button', { name: 'Mitmachen' }).waitFor();

    const german = await visit({ locale: 'de-AT' });
    await german.getByRole('button', { name: 'Mitmachen' }).waitFor();
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
    const fits = async (...places: Locator[]) => {
      for (const place of places) {
        const area = (await place.boundingBox())!;
        expect(area.height).toBeGreaterThanOrEqual(44);
        expect(area.x).toBeGreaterThanOrEqual(0);
        expect(area.x + area.width).toBeLessThanOrEqual(390);
        expect(area.y + area.height).toBeLessThanOrEqual(844);
      }
    };
    await fits(page.locator('#name'), page.getByRole('button', { name: 'Mitmachen' }));
    await join(page, 'W'.repeat(50));
    await box(page).fill('b'.repeat(300));
    await page.getByRole('button', { name: 'Senden' }).tap();
    await own(page, 'b'.repeat(300)).waitFor();
    const sizes = {
      page: await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]),
      log: await log(page).evaluate(({ scrollWidth }) => scrollWidth),
    };
    expect(sizes).toEqual({ page: [390, 844], log: 390 });
    const count = page.getByRole('button', { name: '2 online' });
    await fits(box(page), page.getByRole('button', { name: 'Senden' }), page.locator('#overview'), count);
    await count.tap();
    const names = page.getByRole('region', { name: 'Wer online ist' });
    const area = (await names.boundingBox())!;
    expect(area.x).toBeGreaterThanOrEqual(0);
    expect(area.x + area.width).toBeLessThanOrEqual(390);
    await count.tap();
    await names.waitFor({ state: 'hidden' });
    await page.locator('#overview').tap();
    await fits(page.locator('#language'));
    await client.close();
  });

  it('[P8] is usable by keyboard alone', async () => {
    const page = await visit();
    expect(await focused(page)).toBe('name');
    await page.keyboard.type('Tabea');
    await page.keyboard.press('Enter');
    await until(async () => (await focused(page)) === 'text');
    await page.keyboard.type('nur Tasten');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await own(page, 'nur Tasten').waitFor();
    expect(await focused(page)).toBe('text');
    const order = [];
    for (let i = 0; i < 2; i++) {
      await page.keyboard.press('Shift+Tab');
      order.unshift(await focused(page));
      const style = page.locator(':focus-visible').last();
      expect(await colour(style, 'outline-style')).toBe('solid');
    }
    expect(order).toEqual(['people-button', 'message own-message']);
  });

  it("[P9] shows the server's refusal and keeps the text", async () => {
    const page = await visit();
    const long = 'x'.repeat(4001);
    await join(page, 'Max');
    await write(page, long);
    await page.getByRole('alert').getByText('Eine Nachricht darf höchstens 4.000 Zeichen haben.').waitFor();
    expect(await box(page).inputValue()).toBe(long);
    await write(page, 'kürzer');
    await own(page, 'kürzer').waitFor();
    expect((await page.getByRole('alert').allTextContents()).join('').trim()).toBe('');
    // An error that only the server detects.
    await write(page, 'nicht\u0000so');
    await pending(page).waitFor({ state: 'detached' });
    await log(page)
      .getByText(/^Nicht gesendet: /)
      .waitFor();
    expect(await log(page).locator('.failed .text').textContent()).toBe('nicht\u0000so');
    await log(page).getByRole('button', { name: 'Verwerfen' }).click();
    await log(page).locator('.failed').waitFor({ state: 'detached' });
  });

  it('[P9] keeps a text of any size, and states the reason', async () => {
    const page = await visit();
    const huge = 'x'.repeat(60_000);
    await join(page, 'Max');
    await write(page, huge);
    await page.getByRole('alert').getByText('Eine Nachricht darf höchstens 4.000 Zeichen haben.').waitFor();
    await connected(page);
    expect(await box(page).inputValue()).toBe(huge);
  });

  /** Types until the other page shows the typing indicator, which expires after some seconds. */
  const typingSeen = (page: Page, other: Page) =>
    until(async () => {
      await box(page).press('x');
      return other.getByText('Öykü schreibt …').isVisible();
    });

  it('[P10] shows the users present and typing', async () => {
    const page = await visit();
    const present = (count: number) => page.getByRole('button', { name: `${count} online` });
    await present(0).waitFor();
    const other = await visit({ locale: 'en-GB' });
    await join(other, 'Öykü');
    await typingSeen(other, page);
    expect(await other.locator('.typing').textContent()).toBe('');
    await present(1).waitFor();
    await box(other).fill('Bin gleich');

    await box(other).press('Enter');
    await shown(page, 'Bin gleich');
    await page.getByText('Öykü schreibt …').waitFor({ state: 'hidden' });

    const client = await ChatClient.open(server, '/ws?username=Ahmed');
    await present(2).focus();
    await page.keyboard.press('Enter');
    const names = page.getByRole('list', { name: 'Wer online ist' });
    await names.getByText('Ahmed').waitFor();
    expect(await names.getByRole('listitem').allTextContents()).toEqual(['Ahmed', 'Öykü']);
    const panel = page.getByRole('list', { name: '2 online' });
    expect(await panel.getByRole('listitem').allTextContents()).toEqual(['Ahmed', 'Öykü']);
    await client.close();
    await present(1).waitFor();
    expect(await names.getByRole('listitem').allTextContents()).toEqual(['Öykü']);
    await page.keyboard.press('Escape');
    await names.waitFor({ state: 'hidden' });
    expect(await present(1).evaluate((it) => it.matches(':focus'))).toBe(true);

    // A later visitor sees the users present, without being present.
    const late = await visit();
    await late.getByRole('button', { name: '1 online' }).waitFor();

    // The typing indicator expires without a message.
    await typingSeen(other, page);
    await page.getByText('Öykü schreibt …').waitFor({ state: 'hidden' });
    // A visitor who only reads is not present, not even under a remembered name.
    await other.reload();
    await connected(other);
    await other.getByRole('textbox', { name: 'Message as Öykü' }).waitFor();
    await other.getByRole('button', { name: '0 online' }).waitFor();
    await present(0).waitFor();
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
    await join(page, 'Jana');
    await connected(page);
    await stopTime(page);
    await box(page).fill('  ');
    for (const ms of [0, 999, 1, 999, 1]) {
      await page.clock.runFor(ms);
      for (let i = 0; i < 3; i++) await box(page).press('x');
    }
    // All typing frames precede the message.
    await box(page).press('Enter');
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
