// Functions evaluated inside the page use the browser's globals.
/// <reference lib="dom" />
import type { Browser, BrowserContextOptions, Page, WebSocketRoute } from 'playwright-core';
import { Clock } from '../src/platform/lifecycle/clock';
import { findChromium, launch, Visitor } from './support/browser';
import { http } from './support/http';
import { OpenIdProvider } from './support/openid-provider';
import { startServer, type TestServer } from './support/server';
import { describeWhere } from './support/suites';
import { until } from './support/until';

const chromium = findChromium();
const TOKEN_MS = 600_000;

describeWhere(chromium !== undefined, 'Chromium (CHROMIUM_PATH)')('the page, where users are known', () => {
  let browser: Browser;
  let provider: OpenIdProvider;
  let server: TestServer;
  let visitors: Visitor[];

  beforeAll(async () => {
    browser = await launch(chromium!);
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    visitors = [];
    provider = await OpenIdProvider.start();
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    for (const visitor of visitors) await visitor.close();
    await server.stop();
    await provider.stop();
    expect(visitors.flatMap(({ complaints }) => complaints)).toEqual([]);
  });

  async function start(environment: Record<string, string> = {}): Promise<void> {
    server = await startServer({ ...provider.environment, ...environment });
    await provider.behave({ page: `${server.url}/` });
  }

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const visitor = await Visitor.open(browser, server.url, options);
    visitors.push(visitor);
    return visitor.page;
  }

  /** Opens the page and signs in, as somebody new to the provider. */
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

  const connected = (page: Page) => page.locator('#status[data-state=connected]').waitFor();
  const gate = (page: Page) => page.locator('#gate');
  const log = (page: Page) => page.getByRole('log');
  const box = (page: Page) => page.getByLabel('Nachricht', { exact: true });
  const message = (page: Page, text: string) => log(page).locator('.chat', { hasText: text });
  const dialog = (page: Page) => page.getByRole('dialog');

  async function say(page: Page, text: string): Promise<void> {
    await box(page).fill(text);
    await box(page).press('Enter');
    await log(page).locator('.own:not(.pending)', { hasText: text }).waitFor();
  }

  async function openActions(page: Page, text: string): Promise<void> {
    await message(page, text).hover();
    await message(page, text)
      .getByRole('button', { name: /Aktionen/ })
      .click();
  }

  /** The server's clock, ahead of that of everybody else. */
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
    expect(await page.locator('footer').isVisible()).toBe(false);
    await gate(page).getByRole('button', { name: 'Anmelden' }).click();
    expect(page.url()).not.toContain('token');
    await provider.signIn(page, 'eva');
    await connected(page);
    expect(page.url()).toBe(`${server.url}/`);
    expect(await page.getByLabel('Dein Name').inputValue()).toBe('eva');
    expect(await page.getByLabel('Dein Name').isEditable()).toBe(false);
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
    visitors[0]!.forgive('Failed to load resource: the server responded with a status of 403');
  });

  it('[P11] lets guests read, and sign in to write', async () => {
    await start({ AUTH_GUESTS: 'read' });
    const page = await open();
    await connected(page);
    await page.getByText('Melde dich an, um zu schreiben.').waitFor();
    expect(await box(page).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await provider.signIn(page, 'eva');
    await connected(page);
    await say(page, 'angemeldet');
  });

  it('[P11] marks the names of guests, and keeps what they wrote when they sign in', async () => {
    await start({ AUTH_GUESTS: 'write' });
    const page = await open();
    await connected(page);
    await page.getByLabel('Dein Name').fill('Jana');
    await say(page, 'als Gast');
    expect(await page.locator('#mark').isVisible()).toBe(true);
    expect(await message(page, 'als Gast').locator('.who').textContent()).toBe('Du');
    const other = await visitAsGuest();
    expect(await message(other, 'als Gast').locator('.who').textContent()).toBe('~Jana');
    await box(page).fill('angefangen');
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await provider.signIn(page, 'eva');
    await connected(page);
    expect(await box(page).inputValue()).toBe('angefangen');
    expect(await message(page, 'als Gast').locator('.who').textContent()).toBe('~Jana');
  });

  it('[P11] takes a token where there is no provider to go to', async () => {
    await start({ AUTH_CLIENT_ID: '' });
    const token = await provider.botToken();
    const page = await open();
    await gate(page).getByLabel('Zugangstoken').fill('wrong');
    await page.keyboard.press('Enter');
    await until(async () => (await page.getByLabel('Zugangstoken').inputValue()) === '');
    await gate(page).getByLabel('Zugangstoken').fill(token);
    await page.keyboard.press('Enter');
    await connected(page);
    expect(await page.getByLabel('Dein Name').inputValue()).toBe('bot');
    visitors[0]!.forgive('Failed to load resource: the server responded with a status of 401');
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
    await box(page).fill('noch nicht gesendet');
    await box(page).press('Enter');
    await log(page).locator('.pending', { hasText: 'noch nicht gesendet' }).waitFor();
    await box(page).fill('halb getippt');
    jest.restoreAllMocks();
    await gate(page).getByRole('button', { name: 'Anmelden' }).click();
    await connected(page);
    await log(page).locator('.own:not(.pending)', { hasText: 'noch nicht gesendet' }).waitFor();
    expect(await box(page).inputValue()).toBe('halb getippt');
    expect(await log(page).locator('.text').allTextContents()).toEqual(['vorher', 'noch nicht gesendet']);
  });

  it('[P13] edits and deletes own messages, as others see at once and after a reload', async () => {
    await start();
    const page = await visit('eva');
    const other = await visit('max');
    await say(page, 'Halo');
    await say(page, '<b>weg</b>');
    await message(other, 'Halo').waitFor();
    expect(await message(other, 'Halo').getByRole('button').count()).toBe(0);
    await box(page).fill('Entwurf');
    await openActions(page, 'Halo');
    await dialog(page).getByRole('button', { name: 'Bearbeiten' }).click();
    expect(await box(page).inputValue()).toBe('Halo');
    await box(page).fill('<i>Hallo</i>');
    await box(page).press('Enter');
    expect(await box(page).inputValue()).toBe('Entwurf');
    await message(other, '<i>Hallo</i>').getByText('bearbeitet').waitFor();
    await message(page, '<i>Hallo</i>').getByText('bearbeitet').waitFor();

    await openActions(page, '<b>weg</b>');
    await dialog(page).getByRole('button', { name: 'Löschen' }).click();
    await dialog(page).getByRole('button', { name: 'Endgültig löschen?' }).click();
    for (const each of [page, other]) {
      await message(each, 'Nachricht gelöscht').waitFor();
      expect(await log(each).locator('.text').allTextContents()).toEqual(['<i>Hallo</i>', 'Nachricht gelöscht']);
      expect(await message(each, 'Nachricht gelöscht').getByRole('button').count()).toBe(0);
    }
    await other.reload();
    await message(other, '<i>Hallo</i>').getByText('bearbeitet').waitFor();
    expect(await log(other).locator('.text').allTextContents()).toEqual(['<i>Hallo</i>', 'Nachricht gelöscht']);
  });

  it('[P13] edits by keyboard alone, and not after Escape', async () => {
    await start();
    const page = await visit('eva');
    await say(page, 'erstens');
    await say(page, 'zweitens');
    await log(page).focus();
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Aktionen zur Nachricht von eva');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await dialog(page).getByText('erstens').waitFor();
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'hidden' });
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.type('!');
    await page.keyboard.press('Escape');
    expect(await box(page).inputValue()).toBe('');
    expect(await log(page).locator('.text').allTextContents()).toEqual(['erstens', 'zweitens']);
  });

  it('[P13] makes changes once that were asked for while the connection was lost, and others see them on return', async () => {
    await start();
    const networks = [new Network(), new Network()];
    const page = await visit('eva', {}, networks[0]);
    const other = await visit('max', {}, networks[1]);
    await say(page, 'alt');
    await message(other, 'alt').waitFor();
    for (const network of networks) await network.cut();
    await page.getByText('Keine Verbindung, neuer Versuch …').waitFor();
    await openActions(page, 'alt');
    await dialog(page).getByRole('button', { name: 'Bearbeiten' }).click();
    await box(page).fill('neu');
    await box(page).press('Enter');
    await log(page).locator('.pending', { hasText: 'neu' }).waitFor();
    // The answer is lost, so that it is sent again.
    networks[0]!.losesAcks = 1;
    networks[0]!.restore();
    await log(page).locator('.chat:not(.pending)', { hasText: 'neu' }).waitFor();
    networks[1]!.restore();
    await message(other, 'neu').getByText('bearbeitet').waitFor();
    expect(networks[0]!.edits).toBe(2);
    const { body } = await http(`${server.url}/api/messages/changes`, await bearer(page));
    expect(body).toMatchObject({ last_change_id: 1 });
  });

  it("[P13] shows the server's refusal of a change, and keeps the text", async () => {
    await start({ EDIT_WINDOW_SECONDS: '60' });
    const page = await visit('eva');
    await say(page, 'alt');
    await openActions(page, 'alt');
    await dialog(page).getByRole('button', { name: 'Bearbeiten' }).click();
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
    for (let i = 0; i < 30; i++) await say(page, `Zeile ${i}.`);
    const other = await visit('max');
    await log(other).hover();
    await other.mouse.wheel(0, -400);
    await other.waitForFunction(() => {
      const { scrollTop, scrollHeight, clientHeight } = document.getElementById('log')!;
      return scrollHeight - clientHeight - scrollTop > 300;
    });
    const place = async () => Math.round((await message(other, 'Zeile 22.').boundingBox())!.y);
    const before = await place();
    await openActions(page, 'Zeile 2.');
    await dialog(page).getByRole('button', { name: 'Bearbeiten' }).click();
    await box(page).fill('viel\n\n\n\nlänger');
    await box(page).press('Enter');
    await log(other).getByText('bearbeitet').waitFor({ state: 'attached' });
    expect(await place()).toBe(before);
  });

  it('[P14] lets moderators delete, mute, ban and disconnect', async () => {
    await start();
    await provider.behave({ roles: { mod: ['chat-moderator'] } });
    const eva = await visit('eva');
    const mod = await visit('mod', { locale: 'en-GB' });
    await say(eva, 'Unfug');
    await openModeration(mod, 'Unfug');
    await dialog(mod).getByRole('button', { name: 'Delete' }).click();
    await dialog(mod).getByRole('button', { name: 'Delete for good?' }).click();
    await message(eva, 'Von der Moderation gelöscht').waitFor();

    await mod.getByText('2 online').click();
    await mod.locator('#names').getByRole('button', { name: 'eva' }).click();
    await dialog(mod).getByLabel('Duration').selectOption('10 minutes');
    await dialog(mod).getByLabel('Reason').fill('Spam');
    await dialog(mod).getByRole('button', { name: 'Mute', exact: true }).click();
    await dialog(mod).getByText('Muted.').waitFor();
    await box(eva).fill('Trotzdem');
    await box(eva).press('Enter');
    await eva.getByRole('alert').getByText('ein Moderator hat das Schreiben gesperrt').waitFor();
    expect(await box(eva).inputValue()).toBe('Trotzdem');
    await dialog(mod).getByRole('button', { name: 'Unmute' }).click();
    await dialog(mod).getByText('May write again.').waitFor();
    await box(eva).press('Enter');
    await message(mod, 'Trotzdem').waitFor();

    await dialog(mod).getByRole('button', { name: 'Disconnect' }).click();
    await dialog(mod).getByText('Disconnected.').waitFor();
    await say(eva, 'wieder da');
    await dialog(mod).getByRole('button', { name: 'Ban', exact: true }).click();
    await dialog(mod).getByText('Banned.').waitFor();
    await gate(eva).getByText('Du hast zu diesem Chat keinen Zugang.').waitFor();
    await gate(eva).getByText('ein Moderator hat den Zugang gesperrt').waitFor();
    // Who is banned does not come back by themselves.
    await eva.evaluate(() => window.dispatchEvent(new Event('online')));
    expect(await eva.locator('#status').textContent()).toBe('Nicht verbunden');
  });

  async function visitAsGuest(): Promise<Page> {
    const page = await open();
    await connected(page);
    return page;
  }

  async function openModeration(page: Page, text: string): Promise<void> {
    await message(page, text).hover();
    await message(page, text)
      .getByRole('button', { name: /Actions/ })
      .click();
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

/** The WebSockets of a page, between it and the server. */
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
