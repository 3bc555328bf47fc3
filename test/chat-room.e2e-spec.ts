// Functions evaluated inside the page use the browser's globals.
/// <reference lib="dom" />
import { gzipSync } from 'node:zlib';
import { describeRooms } from './support/room-suite';
import { until } from './support/until';

/** Size of the element with the client and all libraries, compressed. */
const MAX_BYTES = 40_000;

describeRooms('<chat-room>', (suite) => {
  it('[Y1] is one script of at most 40 kB, and runs on the page of another site that allows nothing inline', async () => {
    const response = await fetch(`${suite.server.url}/chat-room.js`);
    const script = await response.text();
    expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(MAX_BYTES);
    expect(script).not.toMatch(/\bfrom\s*["'`]|import\s*\(/);
    // The browser's complaints check the policy.
    const room = await suite.host.visit('username="Eva"');
    await room.send('Hallo von nebenan');
  });

  it('[Y2] shows the history, then live messages, each once and in order, grouped by author and minute', async () => {
    await suite.write('Öykü', 'eins', 'zwei');
    await suite.write('Max', 'drei');
    const room = await suite.host.visit();
    await suite.write('Max', 'vier');
    await room.shown('vier');
    expect(await room.texts()).toEqual(['eins', 'zwei', 'drei', 'vier']);
    const names = room.log.locator('.head:not(.unseen) .name');
    await until(async () => [2, 3].includes(await names.count()));
    expect((await names.allTextContents()).slice(0, 2)).toEqual(['Öykü', 'Max']);
    expect(await room.log.locator('.day').allInnerTexts()).toEqual(['Heute']);
    const time = room.log.locator('.head:not(.unseen) time').first();
    expect(await time.innerText()).toMatch(/^\d\d:\d\d$/);
    expect(await time.getAttribute('title')).toMatch(/\d{4}.*\d\d:\d\d:\d\d/);
  });

  it('[Y3] shows what people write as text, and of Markdown what is safe', async () => {
    const payloads = ['<img src=x onerror=alert(1)>', '<b>x</b>', '[x](javascript:alert(1))', '&lt;i&gt;'];
    await suite.write(
      'Öykü',
      ...payloads,
      '**fett** und `code`\nsiehe https://a.example/b?c=d',
      '```\nif (a < b)\n```',
    );
    const room = await suite.host.visit();
    await room.shown('if (a < b)');
    expect((await room.texts()).slice(0, 4)).toEqual(payloads);
    expect(await room.log.locator('.text img, .text b, .text i').count()).toBe(0);
    expect(await room.log.locator('.text strong').innerText()).toBe('fett');
    expect(await room.log.locator('.text pre').innerText()).toBe('if (a < b)');
    const links = room.log.locator('.text a');
    expect(await links.count()).toBe(1);
    expect(await links.getAttribute('href')).toBe('https://a.example/b?c=d');
    expect(await links.getAttribute('rel')).toContain('noopener');
  });

  it('[Y4] asks for a name once, in words about what is wrong with it, and remembers it in all tabs', async () => {
    const room = await suite.host.visit('autofocus');
    expect(await room.focused()).toBe('name');
    const tab = await suite.host.tab(room);
    await room.name.press('Enter');
    await room.page.getByRole('alert').getByText('Bitte gib einen Namen ein.').waitFor();
    await room.name.fill('x'.repeat(51));
    await room.page.getByText('1 Zeichen zu viel').waitFor();
    await room.name.press('Enter');
    await room.page.getByRole('alert').getByText('Dein Name darf höchstens 50 Zeichen haben.').waitFor();
    expect(await room.focused()).toBe('name');
    await room.name.fill('a\u200bb');
    await room.name.press('Enter');
    await room.page.getByRole('alert').getByText('unerlaubte Zeichen').waitFor();
    expect(await room.focused()).toBe('name');
    await room.join('Eva');
    expect(await room.focused()).toBe('text');
    await room.send('da');
    await tab.shown('da');
    await tab.box.waitFor();
    await tab.connected();
    await tab.send('auch da');
    await room.shown('auch da');
    await until(async () => (await room.log.locator('.own').count()) === 2);
    await room.page.reload();
    await room.connected();
    expect(await room.name.count()).toBe(0);
  });

  it('[Y20] shares name and own messages with others of its server on the page, and drafts with none', async () => {
    const page = await suite.host.page(['', '', 'id="third"']);
    const rooms = [0, 1, 2].map((i) => page.locator('chat-room').nth(i));
    const boxes = rooms.map((room) => room.locator('#text'));
    await rooms[1]!.locator('#name').fill('Eva');
    await rooms[1]!.locator('#name').press('Enter');
    for (const box of boxes) await box.waitFor();
    await rooms[1]!.locator('#text').fill('von hier');
    await rooms[1]!.locator('#text').press('Enter');
    for (const room of rooms) await room.locator('.own[data-id]', { hasText: 'von hier' }).waitFor();
    await boxes[0]!.fill('von dort');
    await boxes[0]!.press('Enter');
    for (const room of rooms) await room.locator('.own[data-id]', { hasText: 'von dort' }).waitFor();
    const drafts = ['eins', 'zwei', 'drei'];
    for (const [i, draft] of drafts.entries()) await boxes[i]!.fill(draft);
    await page.reload();
    for (const box of boxes) await box.waitFor();
    expect(await Promise.all(boxes.map((box) => box.inputValue()))).toEqual(drafts);
  });

  it('[Y4] takes a name that the page gives later', async () => {
    const room = await suite.host.visit();
    await room.page.evaluate(() => Object.assign(document.querySelector('chat-room')!, { username: 'Eva' }));
    await room.page.getByRole('textbox', { name: 'Nachricht als Eva' }).waitFor();
    await room.send('da');
    expect(await room.log.locator('.name').innerText()).toBe('Eva');
    await room.page.getByRole('button', { name: '1 online' }).waitFor();
  });

  it('[Y5] sends by Enter, makes lines by Shift+Enter, counts near the limit, and keeps the draft over a reload', async () => {
    const room = await suite.host.visit('username="Eva"');
    await room.box.press('a');
    await room.box.press('Shift+Enter');
    await room.box.press('b');
    await room.box.press('Enter');
    await room.shown('b');
    expect(await room.texts()).toEqual(['a\nb']);
    expect(await room.box.inputValue()).toBe('');
    await room.box.fill('x'.repeat(3_900));
    await room.page.getByText('noch 100 Zeichen').waitFor();
    await room.box.fill('x'.repeat(4_001));
    await room.page.getByText('1 Zeichen zu viel').waitFor();
    await room.box.press('Enter');
    await room.page.getByRole('alert').getByText('höchstens 4.000 Zeichen').waitFor();
    expect(await room.focused()).toBe('text');
    await room.box.fill('noch nicht fertig');
    await room.page.reload();
    await room.connected();
    expect(await room.box.inputValue()).toBe('noch nicht fertig');
  });

  it('[Y6] tells own messages by what was sent from here, not by the name', async () => {
    const room = await suite.host.visit('username="Eva"');
    await room.send('von mir');
    await suite.write('Eva', 'nicht von mir');
    await room.shown('nicht von mir');
    expect(await room.log.locator('.own .text').allInnerTexts()).toEqual(['von mir']);
    await room.page.reload();
    await room.connected();
    await room.shown('nicht von mir');
    expect(await room.log.locator('.own .text').allInnerTexts()).toEqual(['von mir']);
  });
});
