// Functions evaluated inside the page use the browser's globals.
/// <reference lib="dom" />
import type { Browser } from 'playwright-core';
import { findChromium, launch } from '../proof/chromium';
import { pending, state } from './support/chat-page';
import { Dialogue } from './support/dialogue';
import { ServerProcess } from './support/server-process';
import { describeWhere } from './support/suites';
import { endingIn, tokenOf, WITH_TOKENS } from './support/tokens';
import { until } from './support/until';
import type { SignIn, Witness } from './support/witness';

const chromium = findChromium();
/** Interval of cuts; with real proxies it is 30 seconds. */
const CUT_MS = 1_500;
/** Lifetime of a token, in seconds. The server checks for expired tokens once a second. */
const TOKEN_SECONDS = 10;
/** Time to notice a lost network: an offline browser may report nothing, and only the silence shows. */
const NOTICED_MS = 40_000;
/** Two browsers, and a server that is started twice. */
const TIMEOUT_MS = 90_000;

describeWhere(chromium !== undefined, 'Chromium (CHROMIUM_PATH)')('two browsers that chat', () => {
  let browser: Browser;
  let dialogue: Dialogue;
  const begun: Dialogue[] = [];

  beforeAll(async () => {
    browser = await launch(chromium!);
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    for (const one of begun.splice(0)) await one.end();
  });

  async function begin(settings?: Record<string, string>, signIn?: SignIn): Promise<Dialogue> {
    dialogue = await Dialogue.begin(browser, settings, signIn);
    begun.push(dialogue);
    return dialogue;
  }

  it(
    '[P19] have everything once and in order, and say what is true',
    async () => {
      await begin();
      await dialogue.talk(10);
      await dialogue.agree();
    },
    TIMEOUT_MS,
  );

  it(
    '[P19] … when the server is killed and started again',
    async () => {
      const { server, environment, both } = await begin();
      await dialogue.talk(4);
      await server.stop('SIGKILL');
      await dialogue.talk(3);
      for (const { page } of both) expect(await state(page).textContent()).not.toBe('Verbunden');
      dialogue.server = await ServerProcess.start({ ...environment, PORT: String(server.port) });
      await dialogue.talk(3);
      await dialogue.agree();
    },
    TIMEOUT_MS,
  );

  it(
    '[P19] … when the network goes and comes back',
    async () => {
      const { relay, eva, max } = await begin();
      await dialogue.talk(4);
      await eva.page.context().setOffline(true);
      relay.refuse();
      relay.cut();
      await state(eva.page).getByText('keine Internetverbindung').waitFor({ timeout: NOTICED_MS });
      await dialogue.talk(3);
      relay.refuse(false);
      await dialogue.talk(3, [max]);
      await eva.page.context().setOffline(false);
      await dialogue.talk(3);
      await dialogue.agree();
    },
    TIMEOUT_MS,
  );

  it(
    '[P19] … when a page is frozen and thawed',
    async () => {
      const { relay, eva, max } = await begin();
      await dialogue.talk(4);
      const session = await eva.page.context().newCDPSession(eva.page);
      await session.send('Page.setWebLifecycleState', { state: 'frozen' });
      await dialogue.talk(5, [max]);
      relay.cut();
      await dialogue.talk(5, [max]);
      await until(async () => (await pending(max.page).count()) === 0);
      await session.send('Page.setWebLifecycleState', { state: 'active' });
      await dialogue.talk(3);
      await dialogue.agree();
    },
    TIMEOUT_MS,
  );

  it(
    '[P19] … when a proxy cuts every connection again and again',
    async () => {
      const { relay, both } = await begin();
      const cuts = setInterval(() => relay.cut(), CUT_MS);
      await dialogue.talkFor(5 * CUT_MS);
      clearInterval(cuts);
      for (const witness of both) {
        expect(new Set((await witness.samples()).map(({ state: said }) => said)).size).toBeGreaterThan(1);
      }
      await dialogue.agree();
    },
    TIMEOUT_MS,
  );

  /** Gives out tokens that expire soon; while `isOut`, requests for one fail. */
  function shortTokens(): { isOut: boolean; readonly signIn: SignIn } {
    let given = 0;
    const source = {
      isOut: false,
      signIn: async (page: Parameters<SignIn>[0], name: string) => {
        await page.exposeFunction('newToken', () => {
          if (source.isOut) throw new Error('no tokens');
          return tokenOf({ sub: name, preferred_username: name, jti: String(given++), exp: endingIn(TOKEN_SECONDS) });
        });
        await page.locator('chat-room').evaluate((room) => {
          const { newToken } = window as unknown as { newToken: () => Promise<string> };
          Object.assign(room, { getToken: () => newToken() });
        });
        await page.getByRole('textbox', { name: `Nachricht als ${name}` }).waitFor();
      },
    };
    return source;
  }
  const WITH_GUESTS = { ...WITH_TOKENS, AUTH_GUESTS: 'write' };

  it(
    '[P19] … when tokens end, and are renewed on the connection there is',
    async () => {
      const { both } = await begin(WITH_GUESTS, shortTokens().signIn);
      await dialogue.talkFor((TOKEN_SECONDS + 2) * 1_000);
      for (const witness of both) {
        expect(new Set((await witness.samples()).map(({ state: said }) => said))).toEqual(new Set(['live']));
      }
      await dialogue.agree();
    },
    TIMEOUT_MS,
  );

  it(
    '[P19] … when a token ends, and there is no other for a while',
    async () => {
      const tokens = shortTokens();
      const { eva, max } = await begin(WITH_GUESTS, tokens.signIn);
      await dialogue.talk(3);
      tokens.isOut = true;
      // A token issued just before is valid for as long as the default timeout.
      const lost = ({ page }: Witness) => state(page).and(page.locator(':not([data-state=live])'));
      for (const witness of [eva, max]) await lost(witness).waitFor({ timeout: 2 * TOKEN_SECONDS * 1_000 });
      await dialogue.talk(3);
      for (const { page } of [eva, max]) expect(await pending(page).count()).toBe(3);
      tokens.isOut = false;
      await dialogue.talk(3);
      await dialogue.agree();
    },
    TIMEOUT_MS,
  );
});
