// Functions evaluated inside the page use the browser's globals.
/// <reference lib="dom" />
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChatClient, Message } from '@chat-system/client';
import type { Browser, Page } from 'playwright-core';
import { findChromium, launch } from '../proof/chromium';
import { Visitor } from './support/browser';
import { bundle } from './support/bundle';
import { Relay } from './support/relay';
import { startServer, type TestServer } from './support/server';
import { describeWhere } from './support/suites';
import { idsFrom } from './support/typed-client';
import { until } from './support/until';

declare global {
  interface Window {
    chat: ChatClient;
    delivered: Message[];
  }
}

const chromium = findChromium();

describeWhere(chromium !== undefined, 'Chromium (CHROMIUM_PATH)')('the client in a browser', () => {
  let browser: Browser;
  let server: TestServer;
  const visitors: Visitor[] = [];
  const sites: Server[] = [];

  beforeAll(async () => {
    browser = await launch(chromium!);
    server = await startServer();
  });
  afterEach(async () => {
    for (const visitor of visitors.splice(0)) await visitor.close();
    for (const site of sites.splice(0)) site.close();
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  /** Opens a site that runs the module; `another` opens it in a further tab of the same browser. */
  async function open(module: string, url = server.url): Promise<{ page: Page; another: () => Promise<Page> }> {
    const site = createServer((request, response) => {
      const isScript = request.url === '/client.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? module : '<div id="root"></div><script type="module" src="client.js"></script>');
    }).listen(0, '127.0.0.1');
    sites.push(site);
    await once(site, 'listening');
    const { port } = site.address() as AddressInfo;
    const address = `http://127.0.0.1:${port}/?${url}`;
    const visitor = await Visitor.open(browser, address);
    visitors.push(visitor);
    const another = async () => {
      const page = await visitor.page.context().newPage();
      await page.goto(address);
      return page;
    };
    return { page: visitor.page, another };
  }

  const stateOf = (page: Page) => page.evaluate(() => window.chat.getSnapshot().state);
  const say = (page: Page, text: string) => page.evaluate((said) => window.chat.send(said), text);
  const idsOf = (page: Page) => page.evaluate(() => window.delivered.map(({ id }) => id));

  const CLIENT = (imports: string, options: string) => `
    import { ChatClient } from '@chat-system/client';
    ${imports}
    window.delivered = [];
    window.chat = new ChatClient(location.search.slice(1), { username: 'eva', ${options} });
    window.chat.on('message', (message) => window.delivered.push(message));
  `;

  it('[J11] keeps what was typed over a reload, and sends it once, in order', async () => {
    const relay = await Relay.to(server);
    const persist = `import { persist } from '@chat-system/client/outbox';`;
    const module = await bundle(`${CLIENT(persist, 'backlog: 2')} persist(window.chat, 'local');`);
    const { page } = await open(module, relay.url);
    await until(async () => (await stateOf(page)) === 'live');
    relay.refuse();
    relay.cut();
    await until(async () => (await stateOf(page)) !== 'live');
    await page.evaluate(() => {
      for (const text of ['eins', 'zwei']) window.chat.send(text).catch(() => {});
    });
    await page.reload();
    relay.refuse(false);
    await until(async () => (await idsOf(page)).length >= 2 && (await page.evaluate(() => localStorage.length)) === 0);
    const texts = await page.evaluate(() => window.delivered.map(({ message }) => message));
    expect(texts.slice(-2)).toEqual(['eins', 'zwei']);
    await relay.stop();
  });

  it('[J14] pauses while there is no network, and goes on at once when there is one', async () => {
    const relay = await Relay.to(server);
    const { page } = await open(await bundle(CLIENT('', '')), relay.url);
    await until(async () => (await stateOf(page)) === 'live');
    const context = page.context();
    await context.setOffline(true);
    relay.cut();
    await until(async () => (await stateOf(page)) === 'offline');
    const { accepted } = relay;
    const sending = say(page, 'offline geschrieben');
    expect(await stateOf(page)).toBe('offline');
    expect(relay.accepted).toBe(accepted);
    await context.setOffline(false);
    const { id } = await sending;
    await until(async () => (await idsOf(page)).includes(id));
    await relay.stop();
  });

  it('[J14] is not live from the moment at which the network goes, though nothing ends its connection', async () => {
    const { page } = await open(await bundle(CLIENT('', '')));
    await until(async () => (await stateOf(page)) === 'live');
    const said = page.evaluate(
      () => new Promise((tell) => addEventListener('offline', () => tell(window.chat.getSnapshot().state))),
    );
    await page.context().setOffline(true);
    expect(await said).not.toBe('live');
    await until(async () => (await stateOf(page)) === 'offline');
    await page.context().setOffline(false);
    await until(async () => (await stateOf(page)) === 'live');
  });

  it('[J19] tabs share one connection, and none misses anything when the one that has it is closed', async () => {
    const module = await bundle(CLIENT(`import { shared } from '@chat-system/client/tabs';`, 'channel: shared()'));
    const { page: first, another } = await open(module);
    await until(async () => (await stateOf(first)) === 'live');
    const [second, third] = [await another(), await another()];
    for (const page of [second, third]) await until(async () => (await stateOf(page)) === 'live');
    expect(await connections()).toBe(1);
    const ids = [(await say(second, 'eins')).id, (await say(first, 'zwei')).id];
    for (const page of [first, second, third]) await until(async () => (await idsOf(page)).length === 2);
    await first.close();
    ids.push((await say(third, 'drei')).id, (await say(second, 'vier')).id);
    for (const page of [second, third]) {
      await until(async () => (await idsOf(page)).length === 4);
      expect(await idsOf(page)).toEqual(ids);
      expect(await page.evaluate(() => window.chat.users)).toEqual(['eva']);
    }
    expect(await connections()).toBe(1);
    expect(ids).toEqual(idsFrom(ids[0]!, 4));
  });

  it('[J22] is opened and closed by a component, under StrictMode too', async () => {
    const { page } = await open(await bundle(ROOM, 'development'));
    const root = page.locator('#root');
    await until(async () => (await root.textContent()) === 'live');
    await say(page, 'hallo');
    await until(async () => (await root.textContent()) === 'live hallo');
    await page.evaluate(() => window.dispatchEvent(new Event('unmount')));
    await until(async () => (await stateOf(page)) === 'ended');
    await until(async () => (await connections()) === 0);
  });

  async function connections(): Promise<number> {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    return [...metrics.matchAll(/^chat_connections\{.*\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  }
});

const ROOM = `
  import { ChatClient } from '@chat-system/client';
  import { useChat } from '@chat-system/client/react';
  import { createElement, StrictMode, useEffect } from 'react';
  import { createRoot } from 'react-dom/client';
  const chat = (window.chat = new ChatClient(location.search.slice(1), { username: 'eva' }));
  function Room() {
    useEffect(() => {
      chat.open();
      return () => void chat.close();
    }, []);
    const { state, messages } = useChat(chat);
    return [state, messages.at(-1)?.message].join(' ').trim();
  }
  const root = createRoot(document.querySelector('#root'));
  root.render(createElement(StrictMode, null, createElement(Room)));
  addEventListener('unmount', () => root.unmount());
`;
