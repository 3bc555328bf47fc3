// Functions evaluated inside the page use the browser's globals.
/// <reference lib="dom" />
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { Visitors } from './browser';
import type { TestServer } from './server';

/** Pages with `<chat-room>` on another origin than the server's, under a policy that allows nothing inline. */
export class RoomHost {
  private constructor(
    private readonly visitors: Visitors,
    private readonly server: () => TestServer,
    private readonly http: Server,
  ) {}

  static async open(visitors: Visitors, server: () => TestServer): Promise<RoomHost> {
    const http = createServer((request, response) => {
      const { url } = server();
      const elements = new URL(request.url!, 'http://host').searchParams
        .getAll('attributes')
        .map((attributes) => `<chat-room server="${url}" ${attributes}></chat-room>`);
      const policy = [
        "default-src 'none'",
        `script-src ${url}`,
        `connect-src ${url} ${url.replace('http', 'ws')}`,
        "style-src 'self'",
        "require-trusted-types-for 'script'",
        'trusted-types lit-html',
      ];
      if (request.url!.endsWith('.ico')) return response.writeHead(204).end();
      response.setHeader('Content-Security-Policy', policy.join('; '));
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end(`<!doctype html><html lang="de"><title>Gastgeber</title><meta name="viewport" content="width=device-width">
        <main><h1>Gastgeber</h1><script type="module" src="${url}/chat-room.js"></script>
        ${elements.join('')}</main></html>`);
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return new RoomHost(visitors, server, http);
  }

  /** Opens a page with the element in a separate browser profile, and waits until it is connected. */
  async visit(
    attributes = '',
    options: BrowserContextOptions = {},
    prepare?: (page: Page) => Promise<void>,
  ): Promise<Room> {
    const page = await this.visitors.open(options);
    await prepare?.(page);
    await page.goto(this.address(attributes));
    const room = new Room(page);
    await room.connected();
    return room;
  }

  /** Like `visit` without waiting for a connection; one element per string of attributes. */
  async page(attributes: string | readonly string[], prepare?: (page: Page) => unknown): Promise<Page> {
    const page = await this.visitors.open();
    await prepare?.(page);
    await page.goto(this.address(attributes));
    return page;
  }

  /** A second tab of the same profile. */
  async tab(room: Room, attributes = ''): Promise<Room> {
    const page = await room.page.context().newPage();
    await page.goto(this.address(attributes));
    const tab = new Room(page);
    await tab.connected();
    return tab;
  }

  address(attributes: string | readonly string[]): string {
    const { port } = this.http.address() as AddressInfo;
    const elements = [attributes].flat().map((one) => ['attributes', one]);
    return `http://127.0.0.1:${port}/?${new URLSearchParams(elements).toString()}`;
  }

  async close(): Promise<void> {
    this.http.close();
    this.http.closeAllConnections();
    await once(this.http, 'close');
  }
}

/** The element on one page. Playwright's locators pierce its shadow tree. */
export class Room {
  constructor(readonly page: Page) {}

  get log(): Locator {
    return this.page.getByRole('log');
  }

  get box(): Locator {
    return this.page.locator('#text');
  }

  get name(): Locator {
    return this.page.locator('#name');
  }

  connected(): Promise<void> {
    return this.page.locator('.state[data-state=live]').waitFor({ state: 'attached' });
  }

  /** The texts of the messages in the document. */
  texts(): Promise<string[]> {
    return this.log.locator('[data-id] .text').allInnerTexts();
  }

  async shown(text: string): Promise<void> {
    await this.log.locator('[data-id] .text', { hasText: text }).last().waitFor();
  }

  async join(name: string): Promise<void> {
    await this.name.fill(name);
    await this.name.press('Enter');
    await this.box.waitFor();
    await this.connected();
  }

  /** Resolves when the message is part of the log. */
  async send(text: string): Promise<void> {
    await this.box.fill(text);
    await this.box.press('Enter');
    await this.shown(text.split('\n').at(-1)!);
  }

  focused(): Promise<string | undefined> {
    return this.page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.id);
  }
}
