// Functions evaluated inside the page use the browser's globals.
/// <reference lib="dom" />
import { violations } from './support/axe';
import type { Room } from './support/room';
import { describeRooms } from './support/room-suite';
import { until } from './support/until';

describeRooms('<chat-room> for everybody', (suite) => {
  const texts = ['**fett** `code`', '```\nmehr\n```', '- a\n- b', '> Zitat\n\nhttps://a.example', 'سلام'];

  it.each([
    ['light', 'de-DE', 'de'],
    ['dark', 'en-GB', 'en'],
  ] as const)('[Y12] has nothing that axe finds: %s, %s', async (colorScheme, locale, lang) => {
    await suite.write('Öykü', ...texts);
    const room = await suite.host.visit(`lang="${lang}"`, { colorScheme, locale });
    expect(await violations(room.page)).toEqual([]);
    await room.join('Eva');
    await room.send('meine');
    await room.box.fill('\u200b');
    await room.box.press('Enter');
    await room.log.locator('.failed').waitFor();
    await room.page.getByRole('button', { name: /online/ }).click();
    await room.log.locator('[data-id]').first().hover();
    await room.log.locator('.actions').waitFor();
    expect(await violations(room.page)).toEqual([]);
  });

  it('[Y12] is used by keys alone: one stop for the messages, arrows among them, and a focus that is seen', async () => {
    await suite.write('Öykü', 'eins', 'zwei', 'drei');
    const room = await suite.host.visit('username="Eva"');
    await room.shown('drei');
    const focused = () =>
      room.page.evaluate(() => {
        const element = document.activeElement?.shadowRoot?.activeElement as HTMLElement | null | undefined;
        const outline = element ? getComputedStyle(element).outlineStyle : '';
        return { row: element?.dataset.id, action: element?.dataset.action, id: element?.id, outline };
      });
    await room.page.keyboard.press('Tab');
    await room.page.keyboard.press('Tab');
    expect(await focused()).toMatchObject({ row: '3', outline: 'solid' });
    await room.page.keyboard.press('ArrowUp');
    await room.page.keyboard.press('ArrowUp');
    expect(await focused()).toMatchObject({ row: '1' });
    await room.log.locator('.actions').waitFor();
    await room.page.keyboard.press('Tab');
    expect(await focused()).toMatchObject({ action: 'reply', outline: 'solid' });
    await room.page.keyboard.press('Enter');
    expect(await focused()).toMatchObject({ id: 'text' });
    await room.page.keyboard.type('ja');
    await room.page.keyboard.press('Enter');
    await room.shown('ja');
  });

  it('[Y12] tells a screen reader of messages without flooding it', async () => {
    const room = await suite.host.visit('username="Eva"');
    const status = room.page.getByRole('status');
    expect(await room.log.getAttribute('aria-live')).toBe('off');
    await suite.write('Öykü', 'hör mal');
    await status.getByText('Öykü: hör mal').waitFor();
    await suite.write('Öykü', ...Array.from({ length: 30 }, (_, i) => `viel ${i}`));
    await status.getByText('30 neue Nachrichten').waitFor();
  });

  it('[Y12] speaks German and English, by its own attribute, the page or the browser', async () => {
    const room = await suite.host.visit('lang="en" username="Eva"');
    await room.page.getByText('Connected', { exact: true }).waitFor();
    await room.page.evaluate(() => document.querySelector('chat-room')!.removeAttribute('lang'));
    await room.page.getByText('Verbunden', { exact: true }).waitFor();
  });

  it('[Y12] speaks the language that the page changes to', async () => {
    const room = await suite.host.visit('username="Eva"');
    await room.page.getByText('Verbunden', { exact: true }).waitFor();
    // Within two frames: later another cause would redraw it.
    const said = await room.page.evaluate(async () => {
      document.documentElement.lang = 'en';
      for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
      return document.querySelector('chat-room')!.shadowRoot!.querySelector('.state')!.textContent;
    });
    expect(said).toBe('Connected');
  });

  it('[Y12] speaks the language of the page from inside a shadow tree, too', async () => {
    const room = await suite.host.visit('username="Eva"', { locale: 'en-GB' });
    await room.page.evaluate(() => {
      const other = document.body.appendChild(document.createElement('div')).attachShadow({ mode: 'open' });
      other.append(document.querySelector('chat-room')!.cloneNode());
      document.querySelector('chat-room')!.remove();
    });
    await room.page.getByText('Verbunden', { exact: true }).waitFor();
  });

  /** Overflow of the page, and the heights of element and messages. */
  const measures = (room: Room) =>
    room.page.evaluate(() => {
      const element = document.querySelector('chat-room')!;
      const list = element.shadowRoot!.querySelector('.list')!;
      const { scrollWidth } = document.documentElement;
      return {
        overflow: scrollWidth - innerWidth,
        inside: list.scrollWidth - list.clientWidth,
        all: element.clientHeight,
        list: list.clientHeight,
      };
    });

  it('[Y13] fits 320 pixels, and leaves most of a phone on its side to the messages', async () => {
    await suite.write(
      'W'.repeat(50),
      'a'.repeat(500),
      `\`${'b'.repeat(300)}\``,
      `https://a.example/${'c'.repeat(300)}`,
    );
    const phone = { isMobile: true, hasTouch: true };
    const narrow = await suite.host.visit(`heading="${'Überschrift '.repeat(5)}"`, {
      viewport: { width: 320, height: 568 },
      ...phone,
    });
    expect(await measures(narrow)).toMatchObject({ overflow: 0, inside: 0 });
    await narrow.join('V'.repeat(50));
    expect(await measures(narrow)).toMatchObject({ overflow: 0, inside: 0 });
    const wide = await suite.host.visit('username="Eva" frameless', {
      viewport: { width: 667, height: 320 },
      ...phone,
    });
    await wide.page.evaluate(() => (document.querySelector('chat-room')!.style.height = '300px'));
    await until(async () => (await measures(wide)).list > 180);
    expect(await measures(wide)).toMatchObject({ overflow: 0, inside: 0 });
  });

  it('[Y24] shows messages unchanged on a page that capitalises everything and wraps nothing', async () => {
    await suite.write('Öykü', 'Ein `const a` und eine lange Zeile '.repeat(20));
    const room = await suite.host.visit('username="Eva"', { viewport: { width: 320, height: 568 } });
    await room.shown('const a');
    const before = await room.log.innerText();
    await room.page.evaluate(() => {
      Object.assign(document.body.style, { textTransform: 'uppercase', textIndent: '40px', whiteSpace: 'nowrap' });
    });
    expect(await room.log.innerText()).toBe(before);
    expect(await measures(room)).toMatchObject({ inside: 0 });
  });

  it('[Y24] keeps its own phrases from left to right, in their language, on a right-to-left page', async () => {
    await suite.write('Öykü', 'شكرا.');
    const room = await suite.host.visit('username="Eva" lang="de"');
    await room.shown('شكرا');
    await room.page.evaluate(() => {
      Object.assign(document.documentElement, { dir: 'rtl', lang: 'ar' });
      const hint = Object.assign(document.createElement('p'), { slot: 'before-composer', textContent: 'مرحبا.' });
      document.querySelector('chat-room')!.append(hint);
    });
    /** Whether the full stop is displayed to the right of its sentence. */
    const endsRight = (text: string) =>
      room.page.getByText(text).evaluate((element) => {
        const letters = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode()!;
        const left = (at: number) => {
          const range = document.createRange();
          range.setStart(letters, at);
          range.setEnd(letters, at + 1);
          return range.getBoundingClientRect().left;
        };
        return left(letters.textContent!.length - 1) > left(0);
      });
    expect(await endsRight('Hier beginnt der Chat.')).toBe(true);
    expect(await endsRight('Enter sendet, Umschalt + Enter macht eine neue Zeile.')).toBe(true);
    expect(await endsRight('شكرا.')).toBe(false);
    expect(await endsRight('مرحبا.')).toBe(false);
    expect(await room.log.evaluate((log) => log.closest<HTMLElement>('[lang]')?.lang)).toBe('de');
  });

  it('[Y21] shows the actions of a message on each tap, and hides them when a message is written', async () => {
    await suite.write('Öykü', 'eins', 'zwei', 'drei');
    const phone = { viewport: { width: 375, height: 667 }, isMobile: true, hasTouch: true };
    const room = await suite.host.visit('username="Eva"', phone);
    const actions = room.log.locator('.actions');
    await room.shown('drei');
    for (const text of ['zwei', 'drei', 'drei', 'drei']) {
      await room.log.getByText(text).tap();
      await room.log.locator('[data-id]', { hasText: text }).locator('.actions').waitFor();
      expect(await actions.count()).toBe(1);
    }
    await room.box.tap();
    await actions.waitFor({ state: 'detached' });
  });

  it('[Y14] opens from a button in the corner, counts what is unread, and costs nothing before', async () => {
    let sockets = 0;
    const page = await suite.host.page('mode="bubble" heading="Hilfe"', (fresh) =>
      fresh.on('websocket', () => sockets++),
    );
    const button = page.getByRole('button', { name: 'Chat öffnen' });
    await button.waitFor();
    expect(sockets).toBe(0);
    await button.click();
    const panel = page.getByRole('dialog', { name: 'Hilfe' });
    await panel.waitFor();
    await page.locator('#name').fill('Eva');
    await page.keyboard.press('Enter');
    await page.locator('#text').waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    await suite.write('Öykü', 'bist du da?');
    await page.getByRole('button', { name: 'Chat öffnen, 1 neue Nachricht' }).click();
    await panel.getByText('bist du da?').waitFor();
    await until(async () => (await page.title()) === 'Gastgeber');
  });

  it('[Y18] notifies of messages while the page is not seen, once somebody has asked for it', async () => {
    const room = await suite.host.visit('username="Eva"', { permissions: ['notifications'] }, async (page) => {
      await page.addInitScript(() => {
        const told: string[] = [];
        class Recorder {
          static readonly permission = 'granted';
          static requestPermission = () => Promise.resolve('granted');
          readonly body: string;

          constructor(title: string, { body }: NotificationOptions) {
            this.body = body!;
            told.push(title, this.body);
          }
        }
        Object.assign(globalThis, { told, Notification: Recorder });
        Object.defineProperty(document, 'hidden', { get: () => 'isAway' in globalThis });
      });
    });
    const told = () => room.page.evaluate(() => (globalThis as unknown as { told: string[] }).told);
    const leave = () => room.page.evaluate(() => void Object.assign(globalThis, { isAway: true }));
    await room.page.getByRole('button', { name: /online/ }).click();
    await room.page.getByRole('button', { name: 'Benachrichtigen' }).click();
    await room.page.getByRole('button', { name: 'Nicht mehr benachrichtigen' }).waitFor();
    await suite.write('Öykü', 'gesehen');
    await room.shown('gesehen');
    await leave();
    await suite.write('Öykü', 'nicht gesehen');
    await until(async () => (await told()).length > 0);
    expect(await told()).toEqual(['Chat', 'Öykü: nicht gesehen']);
    await until(async () => (await room.page.title()) === '(1) Gastgeber');
  });

  it('[Y19] keeps the message box above the on-screen keyboard', async () => {
    const phone = { viewport: { width: 390, height: 700 }, isMobile: true, hasTouch: true };
    const room = await suite.host.visit('username="Eva"', phone, async (page) => {
      // Desktop Chromium has no on-screen keyboard: imitate its effect on the page.
      await page.addInitScript(() => {
        const seen = Object.assign(new EventTarget(), { scale: 1, offsetTop: 0, height: 700 });
        Object.defineProperty(globalThis, 'visualViewport', { value: seen });
      });
    });
    const resize = (height: number) =>
      room.page.evaluate((to) => {
        Object.assign(visualViewport!, { height: to });
        visualViewport!.dispatchEvent(new Event('resize'));
      }, height);
    const bottom = async () => {
      const box = (await room.box.boundingBox())!;
      return box.y + box.height;
    };
    const before = await bottom();
    await room.box.focus();
    await resize(380);
    expect(await bottom()).toBeLessThan(380);
    await resize(700);
    expect(await bottom()).toBe(before);
  });

  it('[Y15] copies several messages with names and times', async () => {
    await suite.write('Öykü', 'eins', 'zwei');
    const room = await suite.host.visit();
    await room.shown('zwei');
    const copied = await room.log.evaluate((log) => {
      const rows = log.querySelectorAll('[data-id] .text p');
      const selection = (log.getRootNode() as unknown as { getSelection(): Selection }).getSelection();
      selection.setBaseAndExtent(rows[0]!.firstChild!, 0, rows[1]!.firstChild!, 4);
      const data = new DataTransfer();
      const event = new ClipboardEvent('copy', { bubbles: true, cancelable: true, clipboardData: data });
      rows[0]!.dispatchEvent(event);
      return data.getData('text/plain');
    });
    expect(copied).toMatch(/^\[.*\d{4}.*\] Öykü: eins\n\[.*\] Öykü: zwei$/);
  });
});
