// Functions evaluated inside the page use the browser's globals.
/// <reference lib="dom" />
import type { Room } from './support/room';
import { describeRooms } from './support/room-suite';
import { until } from './support/until';

/** Maximum messages in the document: see window.ts of the element. */
const MAX_ROWS = 200;
const HISTORY = 100_000;

const list = (room: Room) => room.page.locator('.list');
const rows = (room: Room) => room.log.locator('[data-id]');

/** The first visible message and its distance from the top of the list, read after scrolling and before a frame is drawn. */
const place = (room: Room, scrollTo: number | null = null) =>
  list(room).evaluate(async (element, to) => {
    if (to !== null) element.scrollTop = to;
    const { top } = element.getBoundingClientRect();
    const row = [...element.querySelectorAll<HTMLElement>('[data-id]')].find(
      (candidate) => candidate.getBoundingClientRect().bottom > top,
    )!;
    const found = { id: Number(row.dataset.id), top: Math.round(row.getBoundingClientRect().top - top) };
    // The scroll event comes with the next frame: messages that arrive earlier find the old position.
    if (to !== null) await new Promise(requestAnimationFrame);
    return found;
  }, scrollTo);

/** Box of a message's text alone: the first of several messages also has the name above. */
const textBox = (room: Room, id: number) => room.log.locator(`[data-id='${id}'] .text`).boundingBox();
const scrollTo = (room: Room, top: number) =>
  list(room).evaluate(async (element, to) => {
    element.scrollTop = to;
    await new Promise(requestAnimationFrame);
  }, top);
/** Distance from the end, in pixels. */
const below = (room: Room) => list(room).evaluate((e) => e.scrollHeight - e.clientHeight - e.scrollTop);
const firstId = (room: Room) => rows(room).first().getAttribute('data-id').then(Number);

/** Scrolls back until the newest messages are evicted from memory. */
async function readFarBack(room: Room): Promise<void> {
  for (let first = await firstId(room); first > 1_300; first = await firstId(room)) {
    await scrollTo(room, 0);
    await until(async () => (await firstId(room)) < first);
  }
}

describeRooms('scrolling in <chat-room>', (suite) => {
  const lines = (count: number) =>
    Array.from({ length: count }, (_, i) => (i % 5 ? `Zeile ${i}` : `Zeile ${i}\nnoch\neine`));

  it('[Y7] keeps the place of reading when older messages come, new ones arrive and old ones change', async () => {
    await suite.write('Öykü', ...lines(400));
    const room = await suite.host.visit();
    await room.shown('Zeile 399');
    expect(await below(room)).toBeLessThan(2);
    // Far enough from both ends to load nothing; then near the beginning, which loads older messages.
    const before = await place(room, 900);
    await suite.write('Max', 'neu', 'und noch eine');
    await room.page.getByRole('button', { name: '2 neue Nachrichten' }).waitFor();
    expect(await place(room)).toEqual(before);
    const first = await firstId(room);
    const { id } = await place(room, 100);
    const reading = await textBox(room, id);
    await until(async () => (await firstId(room)) < first);
    expect(await textBox(room, id)).toEqual(reading);
    expect(await rows(room).count()).toBeLessThanOrEqual(MAX_ROWS);
  });

  it('[Y7] keeps the place of reading at the very top, where nothing can be scrolled to make up for it', async () => {
    await suite.write('Öykü', ...lines(400));
    const room = await suite.host.visit();
    await room.shown('Zeile 399');
    for (let first = await firstId(room); first > 1; first = await firstId(room)) {
      const { id } = await place(room, 0);
      const reading = await textBox(room, id);
      await until(async () => (await firstId(room)) < first);
      expect(await textBox(room, id)).toEqual(reading);
    }
  });

  it('[Y7] scrolls back to the first of 100,000 messages with a bounded document', async () => {
    for (let i = 0; i < HISTORY; i += 5_000) {
      await suite.write('Öykü', ...Array.from({ length: 5_000 }, (_, j) => `Nummer ${i + j + 1}`));
    }
    const room = await suite.host.visit();
    await room.shown(`Nummer ${HISTORY}`);
    let last = HISTORY;
    while (last > HISTORY - 2_000) {
      const first = await firstId(room);
      await scrollTo(room, 0);
      await until(async () => (await firstId(room)) < first);
      expect(await rows(room).count()).toBeLessThanOrEqual(MAX_ROWS);
      last = first;
    }
    // Without a gap, in order.
    const ids = await rows(room).evaluateAll((all) => all.map((row) => Number((row as HTMLElement).dataset.id)));
    expect(ids).toEqual(Array.from({ length: ids.length }, (_, i) => ids[0]! + i));
    await room.page.getByRole('button', { name: 'Zur neuesten Nachricht' }).click();
    await room.shown(`Nummer ${HISTORY}`);
    expect(await below(room)).toBeLessThan(2);
  });

  it('[Y7] goes to the newest message although older ones are on their way', async () => {
    await suite.write('Öykü', ...lines(8_000));
    const room = await suite.host.visit();
    await room.shown('Zeile 7999');
    await readFarBack(room);
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const held: string[] = [];
    await room.page.route(
      (url) => url.searchParams.has('before'),
      async (route) => {
        held.push(route.request().url());
        await released;
        await route.continue();
      },
    );
    await until(async () => {
      await scrollTo(room, 0);
      return held.length > 0;
    });
    await room.page.getByRole('button', { name: 'Zur neuesten Nachricht' }).click();
    release();
    await room.shown('Zeile 7999');
    expect(await below(room)).toBeLessThan(2);
  });

  it('[Y7] stays at the newest message when its scroll event arrives before it is drawn', async () => {
    await suite.write('Öykü', ...lines(8_000));
    const room = await suite.host.visit();
    await room.shown('Zeile 7999');
    await readFarBack(room);
    await list(room).evaluate(async (element) => {
      await document.querySelector<HTMLElement & { scrollToEnd(): Promise<void> }>('chat-room')!.scrollToEnd();
      element.dispatchEvent(new Event('scroll'));
    });
    await room.shown('Zeile 7999');
    expect(await below(room)).toBeLessThan(2);
    expect(await room.page.locator('.jump').count()).toBe(0);
  });

  it('[Y7] goes to the newest message although others arrive while it is fetched', async () => {
    await suite.write('Öykü', ...lines(8_000));
    const room = await suite.host.visit();
    await room.shown('Zeile 7999');
    await readFarBack(room);
    const isNewest = (url: URL) => Number(url.searchParams.get('before')) > 9_000;
    const arrived = room.page.evaluate(
      () => new Promise((resolve) => document.querySelector('chat-room')!.addEventListener('message', resolve)),
    );
    await room.page.route(
      isNewest,
      async (route) => {
        const response = await route.fetch();
        await suite.write('Max', 'dazwischen');
        await arrived;
        await route.fulfill({ response });
      },
      { times: 1 },
    );
    await room.page.getByRole('button', { name: 'Zur neuesten Nachricht' }).click();
    await room.shown('dazwischen');
    await until(async () => (await below(room)) < 2);
    await suite.write('Max', 'danach');
    await room.shown('danach');
    await until(async () => (await below(room)) < 2);
  });

  it('[Y7] keeps following when a scroll event arrives between a message and its drawing', async () => {
    await suite.write('Öykü', ...lines(200));
    const room = await suite.host.visit();
    await room.shown('Zeile 199');
    await list(room).evaluate((element) => {
      document
        .querySelector('chat-room')!
        .addEventListener('message', () => element.dispatchEvent(new Event('scroll')));
    });
    await suite.write('Max', 'eine', 'noch eine\nmit\ndrei Zeilen');
    await room.shown('drei Zeilen');
    await until(async () => (await below(room)) < 2);
    expect(await room.page.title()).toBe('Gastgeber');
    expect(await room.page.locator('.jump').count()).toBe(0);
  });

  it('[Y22] asks for older messages that cannot be loaded when somebody wants them, and not in a loop', async () => {
    await suite.write('Öykü', ...lines(400));
    const room = await suite.host.visit();
    await room.shown('Zeile 399');
    let asked = 0;
    const isOlder = (url: URL) => url.searchParams.has('before');
    await room.page.route(isOlder, async (route) => {
      asked++;
      await route.fulfill({ status: 500, json: {}, headers: { 'access-control-allow-origin': '*' } });
    });
    suite.forgive('Failed to load resource');
    await scrollTo(room, 0);
    const again = room.page.getByRole('button', { name: 'Noch einmal versuchen' });
    await again.waitFor();
    // Two messages, each drawn: time enough for many requests.
    for (const text of ['eins', 'zwei']) {
      await suite.write('Max', text);
      await room.page.getByRole('button', { name: /neue Nachricht/ }).waitFor();
    }
    expect(asked).toBeLessThan(4);
    await room.page.unroute(isOlder);
    const first = await firstId(room);
    await again.click();
    await until(async () => (await firstId(room)) < first);
  });

  it('[Y23] keeps the place of reading where the page moves it in the document', async () => {
    await suite.write('Öykü', ...lines(400));
    const room = await suite.host.visit();
    await room.shown('Zeile 399');
    const before = await place(room, 900);
    await room.page.evaluate(() => document.querySelector('main')!.prepend(document.querySelector('chat-room')!));
    await room.connected();
    await suite.write('Max', 'danach');
    await room.page.getByRole('button', { name: '1 neue Nachricht' }).waitFor();
    expect(await place(room)).toEqual(before);
  });

  it('[Y7] keeps the place of reading while the bubble is closed, and what is above it changes', async () => {
    await suite.write('Öykü', ...lines(300).map((line) => `${line} ${'wort '.repeat(40)}`));
    const room = await suite.host.visit('mode="bubble" open');
    await room.shown('Zeile 299');
    await scrollTo(room, 3_000);
    const { id } = await place(room);
    const distance = async () => (await textBox(room, id))!.y - (await list(room).boundingBox())!.y;
    const before = await distance();
    const toggle = () => room.page.evaluate(() => document.querySelector('chat-room')!.toggleAttribute('open'));
    await toggle();
    await list(room).waitFor({ state: 'hidden' });
    // Half as wide: the messages are twice as high.
    await room.page.setViewportSize({ width: 240, height: 720 });
    await suite.write('Max', 'neu');
    await room.page.getByRole('button', { name: '1 neue Nachricht' }).waitFor();
    await toggle();
    await list(room).waitFor();
    await until(async () => (await distance()) === before);
  });

  it('[Y2] calls yesterday what was today, once it is past midnight', async () => {
    await suite.write('Öykü', 'spät', 'am Abend');
    const room = await suite.host.visit('', {}, (page) => page.clock.install());
    await room.log.getByText('Heute').waitFor();
    await room.page.clock.setFixedTime(Date.now() + 24 * 60 * 60 * 1000);
    await suite.write('Öykü', 'und weiter');
    await room.log.getByText('Gestern').waitFor();
  });

  it('[Y2] keeps the day of what is read above it', async () => {
    await suite.write('Öykü', ...lines(400));
    const room = await suite.host.visit();
    await room.shown('Zeile 399');
    await scrollTo(room, 900);
    const [day, frame] = [await room.log.locator('.day').boundingBox(), await list(room).boundingBox()];
    expect(day!.y).toBe(frame!.y);
  });

  it('[Y8] marks new messages with divider, button, title and event; seeing them marks them as read', async () => {
    await suite.write('Öykü', ...lines(100));
    const room = await suite.host.visit();
    await room.page.evaluate(() => {
      const counts: number[] = [];
      Object.assign(globalThis, { counts });
      document.querySelector('chat-room')!.addEventListener('unread', (event) => {
        counts.push((event as CustomEvent<{ count: number }>).detail.count);
      });
    });
    await scrollTo(room, 500);
    await suite.write('Max', 'erste neue');
    await suite.write('Max', 'zweite neue');
    const button = room.page.getByRole('button', { name: '2 neue Nachrichten' });
    await button.waitFor();
    await until(async () => (await room.page.title()) === '(2) Gastgeber');
    await button.click();
    await room.log.getByText('Neue Nachrichten').waitFor();
    await until(async () => (await room.page.title()) === 'Gastgeber');
    expect(await button.count()).toBe(0);
    expect(await room.page.evaluate(() => (globalThis as unknown as { counts: number[] }).counts)).toEqual([1, 2, 0]);
    // At the end of the log nothing stays unread.
    await suite.write('Max', 'dritte');
    await room.shown('dritte');
    expect(await room.page.title()).toBe('Gastgeber');
  });

  it('[Y8] keeps the number out of the title as soon as the page asks for it', async () => {
    await suite.write('Öykü', ...lines(100));
    const room = await suite.host.visit();
    await scrollTo(room, 500);
    await suite.write('Max', 'neu');
    await until(async () => (await room.page.title()) === '(1) Gastgeber');
    const toggle = () => room.page.evaluate(() => document.querySelector('chat-room')!.toggleAttribute('keep-title'));
    await toggle();
    expect(await room.page.title()).toBe('Gastgeber');
    await toggle();
    expect(await room.page.title()).toBe('(1) Gastgeber');
  });

  it('[Y8] counts what came while the element connected under another name', async () => {
    await suite.write('Öykü', ...lines(100));
    const room = await suite.host.visit('username="Eva"');
    await room.shown('Zeile 99');
    await scrollTo(room, 500);
    const server = await suite.stop();
    await room.page.evaluate(() => document.querySelector('chat-room')!.setAttribute('username', 'Ben'));
    await server.again();
    await suite.write('Max', 'inzwischen');
    await room.page.getByRole('button', { name: '1 neue Nachricht' }).waitFor();
    expect(await room.page.title()).toBe('(1) Gastgeber');
  });

  it('[Y8] shows after a reload what came since the last visit', async () => {
    await suite.write('Öykü', 'alt');
    const room = await suite.host.visit();
    await room.shown('alt');
    const { page } = room;
    await page.goto('about:blank');
    await suite.write('Öykü', 'inzwischen');
    await page.goto(suite.host.address(''));
    await room.connected();
    await room.log.getByText('Neue Nachrichten').waitFor();
  });
});
