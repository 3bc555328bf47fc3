import { describeRooms } from './support/room-suite';
import { until } from './support/until';

describeRooms('sending in <chat-room>', (suite) => {
  it('[Y9] keeps what was written while there is no connection, and sends it once, in order', async () => {
    let isBlocked = false;
    const room = await suite.host.visit('username="Eva"', {}, async (page) => {
      await page.routeWebSocket('**/ws', (socket) => void (isBlocked ? socket.close() : socket.connectToServer()));
    });
    await room.send('vorher');
    isBlocked = true;
    await (await suite.stop()).again();
    await room.page.getByText(/^Vollständig bis \d\d:\d\d, /).waitFor();
    for (const text of ['eins', 'zwei']) {
      await room.box.fill(text);
      await room.box.press('Enter');
    }
    await room.log.getByText('wird gesendet, sobald die Verbindung wieder da ist').last().waitFor();
    await room.page.reload();
    await room.log.locator('.waiting').nth(1).waitFor();
    isBlocked = false;
    await room.connected();
    await room.shown('zwei');
    await until(async () => (await room.log.locator('.waiting').count()) === 0);
    expect(await room.texts()).toEqual(['vorher', 'eins', 'zwei']);
    expect(await room.log.locator('[data-id].own').count()).toBe(3);
  });

  it('[Y9] sends from a page that may keep nothing, and breaks nothing there', async () => {
    const room = await suite.host.visit('', {}, async (page) => {
      await page.addInitScript(() => {
        const get = () => {
          throw new DOMException('denied', 'SecurityError');
        };
        for (const kind of ['localStorage', 'sessionStorage']) Object.defineProperty(globalThis, kind, { get });
      });
    });
    await room.join('Eva');
    await room.send('aus dem Sandkasten');
  });

  it('[Y9] says what was not sent, and why, and sends it again or discards it', async () => {
    const room = await suite.host.visit('username="Eva"');
    // Not empty for the browser, but without a visible character for the server.
    await room.box.fill('\u200b');
    await room.box.press('Enter');
    const failed = room.log.locator('.failed');
    await failed.getByText('Nicht gesendet: der Text ist leer, zu lang oder enthält unerlaubte Zeichen').waitFor();
    await room.send('danach');
    await failed.getByRole('button', { name: 'Noch einmal senden' }).click();
    await failed.getByText('Nicht gesendet').waitFor();
    await failed.getByRole('button', { name: 'Verwerfen' }).click();
    await failed.waitFor({ state: 'detached' });
    expect(await room.texts()).toEqual(['danach']);
  });

  it('[Y9] counts down where the server wants a pause, and sends then', async () => {
    await (await suite.stop()).again({ SLOW_MODE_SECONDS: '3' });
    const room = await suite.host.visit('username="Eva"');
    await room.send('eins');
    await room.box.fill('zwei');
    await room.box.press('Enter');
    await room.page.getByText(/^Du kannst in [123] s wieder schreiben/).waitFor();
    await room.shown('zwei');
    await room.page.getByText('Enter sendet').waitFor();
  });

  it('[Y12] leaves the focus in the box when a message is sent again or discarded by keys', async () => {
    const room = await suite.host.visit('username="Eva"');
    await room.box.fill('\u200b');
    await room.box.press('Enter');
    for (const name of ['Noch einmal senden', 'Verwerfen']) {
      await room.log.getByRole('button', { name }).press('Enter');
      await until(async () => (await room.focused()) === 'text');
    }
    await room.log.locator('.failed').waitFor({ state: 'detached' });
    expect(await room.focused()).toBe('text');
  });

  it('[Y5] sends nothing by the Enter that ends a composition, wherever the browser says so', async () => {
    const room = await suite.host.visit('username="Eva"');
    await room.box.fill('にほん');
    // As in Safari: after the end of the composition.
    await room.box.dispatchEvent('keydown', { key: 'Enter', keyCode: 229, cancelable: true });
    await room.box.dispatchEvent('keydown', { key: 'Enter', isComposing: true, cancelable: true });
    await room.box.press('!');
    expect(await room.box.inputValue()).toBe('にほん!');
    await room.box.press('Enter');
    await room.shown('にほん!');
    expect(await room.texts()).toEqual(['にほん!']);
  });

  it('[Y10] does not say that messages are being loaded once the connection has ended', async () => {
    const room = await suite.host.visit('username="Eva"');
    await room.log.getByText('Noch keine Nachrichten').waitFor();
    await room.page.evaluate(() =>
      (document.querySelector('chat-room') as unknown as { client: { close(): Promise<void> } }).client.close(),
    );
    await room.page.getByText('Die Verbindung ist beendet.').first().waitFor();
    expect(await room.log.innerText()).toBe('');
  });

  it('[Y10] says up to when the messages are complete under another name, too', async () => {
    const room = await suite.host.visit();
    await room.join('Eva');
    const stopped = await suite.stop();
    const complete = room.page.locator('.state').filter({ hasText: /^\s*Vollständig bis \d\d:\d\d, / });
    await complete.waitFor();
    const states = await room.page.evaluateHandle(() => {
      const seen: unknown[] = [];
      document.querySelector('chat-room')!.addEventListener('statechange', (event) => seen.push(event));
      return seen as CustomEvent<{ completeUpTo?: number }>[];
    });
    await room.page.getByRole('button', { name: 'Namen ändern' }).click();
    await room.name.fill('Max');
    await room.name.press('Enter');
    await room.page.getByRole('textbox', { name: 'Nachricht als Max' }).waitFor();
    await complete.waitFor();
    expect(await states.evaluate((seen) => seen.every(({ detail }) => detail.completeUpTo! > 0))).toBe(true);
    await stopped.again();
    await room.connected();
  });

  it('[Y10] does not say who is here while it cannot know', async () => {
    const room = await suite.host.visit('username="Eva"');
    await room.page.getByRole('button', { name: '1 online' }).click();
    const people = room.page.getByRole('list', { name: 'Wer online ist' });
    await people.waitFor();
    const stopped = await suite.stop();
    await people.waitFor({ state: 'detached' });
    await stopped.again();
    await people.getByText('Eva').waitFor();
  });

  it('[Y10] shows who is here and who is typing, and the state of the connection in words that are true', async () => {
    const room = await suite.host.visit('username="Eva"');
    // Screen readers are told the same text.
    const live = room.page.locator('.state').filter({ hasText: /^\s*Verbunden\s*$/ });
    await live.waitFor();
    const other = await suite.host.visit('username="Öykü"', { locale: 'en-GB' });
    await until(async () => {
      await other.box.press('x');
      return room.page.getByText('Öykü schreibt …').isVisible();
    });
    await room.page.getByRole('button', { name: '2 online' }).click();
    const people = room.page.getByRole('list', { name: 'Wer online ist' });
    expect(await people.getByRole('listitem').allInnerTexts()).toEqual(['Eva', 'Öykü']);
    await room.page.keyboard.press('Escape');
    await people.waitFor({ state: 'detached' });
    const stopped = await suite.stop();
    await room.page.getByText(/^Vollständig bis \d\d:\d\d, /).waitFor();
    expect(await room.page.getByRole('button', { name: /online/ }).count()).toBe(0);
    await stopped.again();
    await room.connected();
    await live.waitFor();
  });
});
