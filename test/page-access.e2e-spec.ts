// Functions evaluated inside the page use the browser's globals.
/// <reference lib="dom" />
import type { BrowserContextOptions, Page, WebSocketRoute } from 'playwright-core';
import { findChromium } from '../proof/chromium';
import { Clock } from '../src/platform/lifecycle/clock';
import { Visitors } from './support/browser';
import {
  act,
  box,
  connected,
  dialog,
  gate,
  join,
  log,
  message,
  own,
  pending,
  say,
  state,
  texts,
  write,
} from './support/chat-page';
import { http } from './support/http';
import { OpenIdProvider } from './support/openid-provider';
import { startServer, type TestServer } from './support/server';
import { describeWhere } from './support/suites';
import { until } from './support/until';

const chromium = findChromium();
const TOKEN_MS = 600_000;

describeWhere(chromium !== undefined, 'Chromium (CHROMIUM_PATH)')('the page, where users are known', () => {
  const visitors = new Visitors(chromium!);
  let provider: OpenIdProvider;
  let server: TestServer;

  beforeEach(async () => {
    provider = await OpenIdProvider.start();
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    const complaints = await visitors.leave();
    await server.stop();
    await provider.stop();
    expect(complaints).toEqual([]);
  });

  async function start(environment: Record<string, string> = {}): Promise<void> {
    server = await startServer({ ...provider.environment, ...environment });
    await provider.behave({ page: `${server.url}/` });
  }

  const open = (options: BrowserContextOptions = {}): Promise<Page> => visitors.open(options, server.url);

  /** Opens the page and signs in as a user new to the provider. */
  async function visit(user: string, options: BrowserContextOptions = {}, network?: Network): Promise<Page> {
    const page = await open(options);
    await network?.watch(page);
    await gate(page)
      .getByRole('button', { name: /Anmelden|Sign in/ })
      .click();
    await provider.signIn(page, user);
    await connected(page);
    return page;
  }

  const edited = (page: Page, text: string) => message(page, text).getByText('bearbeitet', { exact: true });

  /** Sets the server's clock ahead of all others. */
  function advance(ms: number): void {
    const clock = server.app.get(Clock);
    const now = Clock.prototype.now.bind(clock);
    jest.spyOn(clock, 'now').mockImplementation(() => now() + ms);
  }

  it('[P11] signs in at the provider, writes under the own name, and signs out', async () => {
    await start();
    const { headers } = await http(server.url);
    expect(headers.get('content-security-policy')).toBe(
      `default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self' ${provider.issuer};` +
        "manifest-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'",
    );
    const page = await open();
    await gate(page).getByText('Melde dich an, um mitzulesen und mitzuschreiben.').waitFor();
    expect(await page.locator('chat-room').evaluate((room) => room.matches(':defined'))).toBe(false);
    await gate(page).getByRole('button', { name: 'Anmelden' }).click();
    expect(page.url()).not.toContain('token');
    await provider.signIn(page, 'eva');
    await connected(page);
    expect(page.url()).toBe(`${server.url}/`);
    await page.getByRole('textbox', { name: 'Nachricht als eva' }).waitFor();
    expect(await page.getByRole('button', { name: 'Namen ändern' }).count()).toBe(0);
    await say(page, 'Hallo');

    await page.reload();
    await message(page, 'Hallo').waitFor();
    expect(provider.grants).toEqual(['authorization_code']);

    await page.getByRole('button', { name: 'Abmelden' }).click();
    await page.waitForURL(`${provider.issuer}/**`);
    await page.getByRole('button', { name: /Yes/ }).click();
    await gate(page).getByText('Melde dich an').waitFor();
    expect(await page.evaluate(() => sessionStorage.getItem('chat.tokens'))).toBeFalsy();
    await gate(page).getByRole('button', { name: 'Anmelden' }).click();
    await page.locator('input[name=login]').waitFor();
  });

  it('[P11] says why the provider or the server refuses, and follows no answer it has not asked for', async () => {
    await start({ AUTH_READ_ROLE: 'reader' });
    const page = await open();
    await page.goto(`${server.url}/?code=x&state=y`);
    await gate(page).getByText('Die Anmeldung ist fehlgeschlagen: state').waitFor();
    expect(page.url()).toBe(`${server.url}/`);
    await gate(page).getByRole('button', { name: 'Anmelden' }).click();
    await page.getByText('Cancel').click();
    await gate(page).getByText('Die Anmeldung ist fehlgeschlagen: End-User aborted interaction').waitFor();
    expect(provider.grants).toEqual([]);

    await gate(page).getByRole('button', { name: 'Anmelden' }).click();
    await provider.signIn(page, 'eva');
    await gate(page).getByText('Du hast zu diesem Chat keinen Zugang.').waitFor();
    await gate(page).getByText('Nicht erlaubt: kein Recht zu lesen').waitFor();
    await gate(page).getByRole('button', { name: 'Abmelden' }).waitFor();
    visitors.forgive('Failed to load resource: the server responded with a status of 403');
  });

  it('[P11] lets guests read, and sign in to write', async () => {
    await start({ AUTH_GUESTS: 'read' });
    const page = await open();
    await connected(page);
    await page.getByText('Melde dich an, um zu schreiben.').waitFor();
    expect(await box(page).count()).toBe(0);
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await provider.signIn(page, 'eva');
    await connected(page);
    await say(page, 'angemeldet');
  });

  it('[P11] marks the names of guests, and keeps what they wrote when they sign in', async () => {
    await start({ AUTH_GUESTS: 'write' });
    const page = await open();
    await connected(page);
    await join(page, 'Jana');
    await page.getByRole('textbox', { name: 'Nachricht als ~Jana' }).waitFor();
    await say(page, 'als Gast');
    await message(page, 'als Gast').getByText('Du', { exact: true }).waitFor();
    const other = await visitAsGuest();
    expect(await message(other, 'als Gast').locator('.name').textContent()).toBe('~Jana');
    await box(page).fill('angefangen');
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await provider.signIn(page, 'eva');
    await connected(page);
    expect(await box(page).inputValue()).toBe('angefangen');
    expect(await message(page, 'als Gast').locator('.name').textContent()).toBe('~Jana');
  });

  it('[P11] asks no name of somebody whom a proxy names', async () => {
    server = await startServer({ AUTH_PROXY_HEADER: 'X-Forwarded-User', TRUST_PROXY: '127.0.0.1' });
    const page = await open({ extraHTTPHeaders: { 'X-Forwarded-User': 'eva' } });
    await connected(page);
    await page.getByRole('textbox', { name: 'Nachricht als eva' }).waitFor();
    await say(page, 'von hinter dem Proxy');
    expect(await message(page, 'von hinter dem Proxy').locator('.name').textContent()).toBe('eva');
  });

  it('[P11] takes a token where there is no provider to go to', async () => {
    await start({ AUTH_CLIENT_ID: '' });
    const token = await provider.botToken();
    const page = await open();
    await gate(page).getByLabel('Zugangstoken').fill('wrong');
    await page.keyboard.press('Enter');
    await until(async () => (await page.getByLabel('Zugangstoken').inputValue()) === '');
    await gate(page).getByText('Dieses Zugangstoken gilt hier nicht.').waitFor();
    await gate(page).getByLabel('Zugangstoken').fill(token);
    await page.keyboard.press('Enter');
    await connected(page);
    await page.getByRole('textbox', { name: 'Nachricht als bot' }).waitFor();
    visitors.forgive('Failed to load resource: the server responded with a status of 401');
  });

  it('[P12] renews its token before the end, on the same connection', async () => {
    await start();
    const page = await open();
    const frames: string[] = [];
    let connections = 0;
    page.on('websocket', (socket) => {
      connections++;
      socket.on('framereceived', ({ payload }) => frames.push((JSON.parse(String(payload)) as { type: string }).type));
    });
    await gate(page).getByRole('button', { name: 'Anmelden' }).click();
    await provider.signIn(page, 'eva');
    await connected(page);
    advance(TOKEN_MS);
    await until(() => frames.includes('authenticated'));
    expect(frames).toContain('token_expiring');
    expect([connections, provider.grants]).toEqual([1, ['authorization_code', 'refresh_token']]);
    expect(await gate(page).isVisible()).toBe(false);
  });

  it('[P12] asks to sign in again when that is not possible, and keeps draft and unsent messages', async () => {
    await start();
    await provider.behave({ refresh: false });
    const page = await visit('eva');
    await say(page, 'vorher');
    advance(TOKEN_MS);
    await gate(page).getByText('Deine Anmeldung läuft gleich ab.').waitFor();
    advance(2 * TOKEN_MS);
    await gate(page).getByText('Deine Anmeldung ist abgelaufen.').waitFor();
    await message(page, 'vorher').waitFor();
    await write(page, 'noch nicht gesendet');
    await pending(page).getByText('noch nicht gesendet').waitFor();
    await box(page).fill('halb getippt');
    jest.restoreAllMocks();
    await gate(page).getByRole('button', { name: 'Anmelden' }).click();
    await connected(page);
    await own(page, 'noch nicht gesendet').waitFor();
    expect(await box(page).inputValue()).toBe('halb getippt');
    expect(await texts(page)).toEqual(['vorher', 'noch nicht gesendet']);
  });

  it('[P13] edits and deletes own messages, as others see at once and after a reload', async () => {
    await start();
    const page = await visit('eva');
    const other = await visit('max');
    await say(page, 'Halo');
    await say(page, '<b>weg</b>');
    await message(other, 'Halo').waitFor();
    await message(other, 'Halo').hover();
    await message(other, 'Halo').getByRole('button', { name: 'Zitieren' }).waitFor();
    for (const name of ['Bearbeiten', 'Löschen', 'Moderieren']) {
      expect(await message(other, 'Halo').getByRole('button', { name }).count()).toBe(0);
    }
    await box(page).fill('Entwurf');
    await act(page, 'Halo', 'Bearbeiten');
    expect(await box(page).inputValue()).toBe('Halo');
    await box(page).fill('<i>Hallo</i>');
    await box(page).press('Enter');
    expect(await box(page).inputValue()).toBe('Entwurf');
    await edited(other, '<i>Hallo</i>').waitFor();
    await edited(page, '<i>Hallo</i>').waitFor();

    await act(page, '<b>weg</b>', 'Löschen');
    await act(page, '<b>weg</b>', 'Endgültig löschen?');
    for (const each of [page, other]) {
      await message(each, 'Nachricht gelöscht').waitFor();
      expect(await texts(each)).toEqual(['<i>Hallo</i>', 'Nachricht gelöscht']);
      await message(each, 'Nachricht gelöscht').hover();
      expect(await message(each, 'Nachricht gelöscht').getByRole('button').count()).toBe(0);
    }
    await other.reload();
    await edited(other, '<i>Hallo</i>').waitFor();
    expect(await texts(other)).toEqual(['<i>Hallo</i>', 'Nachricht gelöscht']);
  });

  it('[P13] edits by keyboard alone, and not after Escape', async () => {
    await start();
    const page = await visit('eva');
    await say(page, 'erstens');
    await say(page, 'zweitens');
    await page.getByRole('button', { name: '1 online' }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowUp');
    await message(page, 'erstens').getByRole('group', { name: 'Aktionen zur Nachricht von eva' }).waitFor();
    await message(page, 'erstens').getByRole('button', { name: 'Bearbeiten' }).waitFor();
    for (let i = 0; i < 3; i++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await until(async () => (await box(page).inputValue()) === 'erstens');
    await page.keyboard.press('Escape');
    expect(await box(page).inputValue()).toBe('');
    // The last message, from the message field.
    await page.keyboard.press('ArrowUp');
    await until(async () => (await box(page).inputValue()) === 'zweitens');
    await page.keyboard.type('!');
    await page.keyboard.press('Escape');
    expect(await box(page).inputValue()).toBe('');
    expect(await texts(page)).toEqual(['erstens', 'zweitens']);
  });

  it('[P13] makes changes once that were asked for while the connection was lost, and others see them on return', async () => {
    await start();
    const networks = [new Network(), new Network()];
    const page = await visit('eva', {}, networks[0]);
    const other = await visit('max', {}, networks[1]);
    await say(page, 'alt');
    await message(other, 'alt').waitFor();
    for (const network of networks) await network.cut();
    await state(page)
      .getByText(/^Vollständig bis/)
      .waitFor();
    await act(page, 'alt', 'Bearbeiten');
    await write(page, 'neu');
    await message(page, 'alt').getByText('wird gesendet').waitFor();
    // The acknowledgement is lost, so the edit is sent again.
    networks[0]!.losesAcks = 1;
    networks[0]!.restore();
    await edited(page, 'neu').waitFor();
    networks[1]!.restore();
    await edited(other, 'neu').waitFor();
    expect(networks[0]!.edits).toBe(2);
    const { body } = await http(`${server.url}/api/messages/changes`, await bearer(page));
    expect(body).toMatchObject({ last_change_id: 1 });
  });

  it("[P13] shows the server's refusal of a change, and keeps the text", async () => {
    await start({ EDIT_WINDOW_SECONDS: '60' });
    const page = await visit('eva');
    await say(page, 'alt');
    await act(page, 'alt', 'Bearbeiten');
    await box(page).fill('zu spät');
    advance(61_000);
    await box(page).press('Enter');
    await page.getByRole('alert').getByText('die Zeit zum Ändern ist vorbei').waitFor();
    expect(await box(page).inputValue()).toBe('zu spät');
    await message(page, 'alt').waitFor();
  });

  it('[P13] does not move what is read when something above it changes', async () => {
    await start();
    const page = await visit('eva');
    for (let i = 0; i < 30; i++) {
      await write(page, `Zeile ${i}.\n–\n–`);
      await own(page, `Zeile ${i}.`).waitFor();
    }
    const other = await visit('max');
    await log(other).hover();
    await other.mouse.wheel(0, -400);
    await until(() =>
      log(other).evaluate(({ scrollTop, scrollHeight, clientHeight }) => scrollHeight - clientHeight - scrollTop > 300),
    );
    const place = async () => Math.round((await message(other, 'Zeile 22.').boundingBox())!.y);
    const before = await place();
    await act(page, 'Zeile 2.', 'Bearbeiten');
    await write(page, 'viel\n\n\n\nlänger');
    await log(other).getByText('bearbeitet').waitFor({ state: 'attached' });
    expect(await place()).toBe(before);
  });

  it('[P14] lets moderators delete, mute, ban and disconnect', async () => {
    await start();
    await provider.behave({ roles: { mod: ['chat-moderator'] } });
    const eva = await visit('eva');
    const mod = await visit('mod', { locale: 'en-GB' });
    await say(eva, 'Unfug');
    await act(mod, 'Unfug', 'Delete');
    await act(mod, 'Unfug', 'Delete for good?');
    await message(eva, 'Von der Moderation gelöscht').waitFor();

    await mod.getByRole('list', { name: '2 online' }).getByRole('button', { name: 'eva' }).click();
    await dialog(mod).getByLabel('Duration').selectOption('10 minutes');
    await dialog(mod).getByLabel('Reason').fill('Spam');
    await dialog(mod).getByRole('button', { name: 'Mute', exact: true }).click();
    await dialog(mod).getByText('Muted.').waitFor();
    await write(eva, 'Trotzdem');
    const refused = log(eva).locator('.failed', { hasText: 'Trotzdem' });
    await refused.getByText('ein Moderator hat das Schreiben gesperrt').waitFor();
    await dialog(mod).getByRole('button', { name: 'Unmute' }).click();
    await dialog(mod).getByText('May write again.').waitFor();
    await refused.getByRole('button', { name: 'Noch einmal senden' }).click();
    await message(mod, 'Trotzdem').waitFor();

    await dialog(mod).getByRole('button', { name: 'Disconnect' }).click();
    await dialog(mod).getByText('Disconnected.').waitFor();
    await say(eva, 'wieder da');
    await dialog(mod).getByRole('button', { name: 'Ban', exact: true }).click();
    await dialog(mod).getByText('Banned.').waitFor();
    await gate(eva).getByText('Du hast zu diesem Chat keinen Zugang.').waitFor();
    await gate(eva).getByText('ein Moderator hat den Zugang gesperrt').waitFor();
    // A banned user's page does not reconnect by itself.
    await eva.evaluate(() => window.dispatchEvent(new Event('online')));
    expect(await state(eva).textContent()).toBe('Du hast zu diesem Chat keinen Zugang.');
    // The dialog also opens from a message, which it quotes.
    await mod.keyboard.press('Escape');
    await act(mod, 'Trotzdem', 'Moderate');
    await dialog(mod).getByText('Trotzdem').waitFor();
    await dialog(mod).getByRole('button', { name: 'Unban' }).click();
    await dialog(mod).getByText('No longer banned.').waitFor();
  });

  it('[P6] says why something is refused in the language of the page, whatever that of the browser', async () => {
    await start();
    await provider.behave({ roles: { mod: ['chat-moderator'] } });
    const eva = await visit('eva');
    await eva.getByRole('button', { name: 'English' }).click();
    const mod = await visit('mod', { locale: 'en-GB' });
    await mod.getByRole('button', { name: 'Deutsch' }).click();
    await mod.route('**/mute', (route) => {
      const headers = route.request().headers();
      delete headers.authorization;
      return route.continue({ headers });
    });
    await mod.getByRole('list', { name: '2 online' }).getByRole('button', { name: 'eva' }).click();
    await dialog(mod).getByRole('button', { name: 'Stummschalten' }).click();
    await dialog(mod).getByText('Nicht angemeldet: ein Zugangstoken ist nötig').waitFor();
    visitors.forgive('Failed to load resource: the server responded with a status of 401');
    await dialog(mod).getByRole('button', { name: 'Sperren', exact: true }).click();
    await gate(eva).getByText('You have no access to this chat.').waitFor();
    expect(await gate(eva).textContent()).not.toMatch(/erlaubt|Moderator/);
  });

  async function visitAsGuest(): Promise<Page> {
    const page = await open();
    await connected(page);
    return page;
  }

  async function bearer(page: Page): Promise<RequestInit> {
    const stored = await page.evaluate(() => sessionStorage.getItem('chat.tokens'));
    const { access_token: token } = JSON.parse(stored!) as { access_token: string };
    return { headers: { Authorization: `Bearer ${token}` } };
  }
});

describe('a bot', () => {
  it('[P15] gets its token by client credentials, and writes', async () => {
    const provider = await OpenIdProvider.start();
    const server = await startServer(provider.environment);
    const post = (token: string) =>
      http(`${server.url}/api/messages`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Idempotency-Key': 'build-1' },
        body: JSON.stringify({ message: 'Build 1 is green' }),
      });
    const token = await provider.botToken();
    const answers = [await post(token), await post(token)];
    expect(answers.map(({ status }) => status)).toEqual([201, 200]);
    expect(answers[0]!.body).toMatchObject({ username: 'bot', message: 'Build 1 is green', verified: true });
    expect((await post(`${token}x`)).status).toBe(401);
    await server.stop();
    await provider.stop();
  });
});

/** The network between a page and the server: intercepts its WebSockets. */
class Network {
  losesAcks = 0;
  edits = 0;
  private isCut = false;
  private readonly open = new Set<WebSocketRoute>();

  watch(page: Page): Promise<void> {
    return page.routeWebSocket('**/ws', (route) => this.pass(route));
  }

  async cut(): Promise<void> {
    this.isCut = true;
    for (const route of this.open) await route.close({ code: 3000 });
    this.open.clear();
  }

  restore(): void {
    this.isCut = false;
  }

  private pass(route: WebSocketRoute): void {
    if (this.isCut) return void route.close({ code: 3000 });
    this.open.add(route);
    const toServer = route.connectToServer();
    route.onMessage((frame) => {
      if (/"type":"edit"/.test(String(frame))) this.edits++;
      toServer.send(frame);
    });
    toServer.onMessage((frame) => {
      if (this.losesAcks === 0 || !/"type":"ack"/.test(String(frame))) {
        route.send(frame);
        return;
      }
      this.losesAcks--;
      void toServer.close();
      void route.close({ code: 3000 });
    });
  }
}
