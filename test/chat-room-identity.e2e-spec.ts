// Functions evaluated inside the page use the browser's globals.
/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { moderate, MODERATOR_TOKEN, userPath } from './support/moderator';
import { Room } from './support/room';
import { describeRooms } from './support/room-suite';
import { tokenOf, WITH_TOKENS } from './support/tokens';
import { until } from './support/until';

const ENVIRONMENT = { ...WITH_TOKENS, MODERATOR_TOKEN, AUTH_GUESTS: 'read' };

/** Gives the element a token before its script runs. */
const as = (claims: Record<string, unknown>) => async (page: Page) => {
  await page.addInitScript((token) => {
    const set = () => Object.assign(document.querySelector('chat-room')!, { getToken: () => token });
    document.addEventListener('readystatechange', set, { once: true });
  }, tokenOf(claims));
};

describeRooms(
  'identities in <chat-room>',
  (suite) => {
    const eva = as({ sub: '1', preferred_username: 'Eva' });
    const row = (room: Room, text: string) => room.log.locator('[data-id]', { hasText: text });

    it('[Y11] with a token asks for no name; own messages are edited by arrow up and deleted after a question', async () => {
      const room = await suite.host.visit('', {}, eva);
      const other = await suite.host.visit('', {}, as({ sub: '2', preferred_username: 'Max' }));
      expect(await room.name.count()).toBe(0);
      await room.send('Hallo');
      await room.send('Tippfehlr');
      await room.box.press('ArrowUp');
      expect(await room.box.inputValue()).toBe('Tippfehlr');
      await room.box.fill('Tippfehler');
      await room.box.press('Enter');
      await other.shown('Tippfehler');
      await row(other, 'Tippfehler').getByText('bearbeitet').waitFor();
      await row(room, 'Hallo').hover();
      await room.page.getByRole('button', { name: 'Löschen' }).click();
      await room.page.getByRole('button', { name: 'Endgültig löschen?' }).click();
      await other.log.getByText('Nachricht gelöscht').waitFor();
      await row(other, 'Tippfehler').hover();
      await other.page.getByRole('button', { name: 'Zitieren' }).waitFor();
      expect(await other.page.getByRole('button', { name: /Löschen|Bearbeiten/ }).count()).toBe(0);
    });

    it('[Y6] takes for own what the user has sent, and not who was signed in before', async () => {
      const room = await suite.host.visit('', {}, eva);
      await room.send('Von Eva');
      await room.log.locator('.own').waitFor();
      const page = await room.page.context().newPage();
      await as({ sub: '2', preferred_username: 'Max' })(page);
      await page.goto(suite.host.address(''));
      const max = new Room(page);
      await max.connected();
      await max.shown('Von Eva');
      await max.send('Von Max');
      await row(max, 'Von Max').getByText('Du', { exact: true }).waitFor();
      expect(await row(max, 'Von Eva').getByText('Du', { exact: true }).count()).toBe(0);
    });

    it('[Y12] leaves the focus at a message that was deleted by keys', async () => {
      const room = await suite.host.visit('', {}, eva);
      await room.send('Hallo');
      await room.page.keyboard.press('Shift+Tab');
      await room.page.getByRole('button', { name: 'Löschen' }).press('Enter');
      await room.page.getByRole('button', { name: 'Endgültig löschen?' }).press('Enter');
      await room.log.getByText('Nachricht gelöscht').waitFor();
      expect(await room.log.locator('[data-id]:focus').count()).toBe(1);
    });

    it('[Y11] keeps the new text of a message that was deleted while it was edited', async () => {
      const room = await suite.host.visit('', {}, eva);
      await room.send('Hallo');
      await room.box.press('ArrowUp');
      await room.box.fill('Hallo, und noch viel mehr');
      await moderate(suite.server, 'DELETE', '/api/messages/1');
      await room.log.getByText('Von der Moderation gelöscht').waitFor();
      await room.box.press('Enter');
      await room.page.getByText('die Nachricht gibt es nicht mehr').waitFor();
      expect(await room.box.inputValue()).toBe('Hallo, und noch viel mehr');
      await room.box.press('Enter');
      await room.shown('Hallo, und noch viel mehr');
    });

    it.each([
      ['de', 'en-GB', 'Nicht gesendet: das ist dir hier nicht erlaubt'],
      ['en', 'de-DE', 'Not sent: you are not allowed to do that here'],
      ['en', 'en-GB', 'Not sent: a moderator has muted this user'],
    ])('[Y9] says why something was refused in the language of the element: %s in a browser of %s', async (...row) => {
      const [lang, locale, words] = row;
      const room = await suite.host.visit(`lang="${lang}"`, { locale }, eva);
      await moderate(suite.server, 'POST', userPath('Eva', 'mute'));
      await room.box.fill('Trotzdem');
      await room.box.press('Enter');
      await room.log.locator('.failed').getByText(words, { exact: true }).waitFor();
    });

    it('[Y11] quotes a message to reply', async () => {
      const room = await suite.host.visit('', {}, eva);
      await suite.write('Max', 'Kommst du?\nUm acht?');
      await row(room, 'Kommst du?').hover();
      await room.page.getByRole('button', { name: 'Zitieren' }).click();
      expect(await room.box.inputValue()).toBe('> **Max:** Kommst du?\n> Um acht?\n\n');
      expect(await room.focused()).toBe('text');
    });

    it('[Y11] offers the actions of the page, and deletes as a moderator', async () => {
      const moderator = as({ sub: '3', preferred_username: 'Mo', roles: ['chat-moderator'] });
      const room = await suite.host.visit('', {}, moderator);
      await room.page.evaluate(() => {
        const element = document.querySelector('chat-room')!;
        Object.assign(element, {
          rowActions: (_: unknown, { isOwn, canModerate }: { isOwn: boolean; canModerate: boolean }) =>
            canModerate && !isOwn ? [{ name: 'mute', label: 'Stumm' }] : [],
        });
        element.addEventListener('rowaction', (event) => {
          const { name, message } = (event as CustomEvent<{ name: string; message: { username: string } }>).detail;
          document.title = `${name} ${message.username}`;
        });
      });
      await suite.write('Max', 'Werbung!');
      await row(room, 'Werbung!').hover();
      await room.page.getByRole('button', { name: 'Stumm' }).click();
      await until(async () => (await room.page.title()) === 'mute Max');
      await row(room, 'Werbung!').hover();
      await room.page.getByRole('button', { name: 'Löschen' }).click();
      await room.page.getByRole('button', { name: 'Endgültig löschen?' }).click();
      await room.log.getByText('Von der Moderation gelöscht').waitFor();
    });

    it('[Y23] knows what was deleted while it was not in the document', async () => {
      await suite.write('Max', 'Werbung!', 'Hallo');
      const room = await suite.host.visit('', {}, eva);
      await room.shown('Hallo');
      await room.page.evaluate(() => {
        const element = document.querySelector('chat-room')!;
        Object.assign(globalThis, { element });
        element.remove();
      });
      await moderate(suite.server, 'DELETE', '/api/messages/1');
      await room.page.evaluate(() => document.body.append((globalThis as unknown as { element: Element }).element));
      await room.log.getByText('Von der Moderation gelöscht').waitFor();
    });

    it('[Y11] lets guests read where they may not write', async () => {
      await suite.write('Max', 'für alle');
      const room = await suite.host.visit();
      await room.shown('für alle');
      await room.page.getByText('Du kannst hier mitlesen, aber nicht schreiben.').waitFor();
      expect(await room.box.or(room.name).count()).toBe(0);
    });
  },
  ENVIRONMENT,
);
