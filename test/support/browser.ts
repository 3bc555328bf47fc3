import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { launch } from '../../proof/chromium';

/** A page with its own profile that records the browser's complaints. */
export class Visitor {
  /** Console errors and warnings, uncaught exceptions, CSP violations. */
  readonly complaints: string[] = [];

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
    private readonly home?: string,
  ) {
    page.on('console', (message) => {
      if (this.isElsewhere) return;
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
  }

  /** Whether the page has left the origin it was opened on: an identity provider is not under test. */
  private get isElsewhere(): boolean {
    return this.home !== undefined && new URL(this.page.url()).origin !== this.home;
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({ locale: 'de-DE', timezoneId: 'Europe/Berlin', ...options });
    const home = url.startsWith('http') ? new URL(url).origin : undefined;
    const visitor = new Visitor(context, await context.newPage(), home);
    visitor.page.setDefaultTimeout(10_000);
    await visitor.page.goto(url);
    return visitor;
  }

  /** Drops complaints with this prefix, which the test caused on purpose. */
  forgive(beginning: string): void {
    this.complaints.splice(0, Infinity, ...this.complaints.filter((text) => !text.startsWith(beginning)));
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

/** One browser for the tests of a suite, and the visitors of the current test. */
export class Visitors {
  private all: Visitor[] = [];
  private browser: Browser;

  constructor(executablePath: string) {
    beforeAll(async () => {
      this.browser = await launch(executablePath);
    });
    afterAll(() => this.browser.close());
  }

  /** @param home the page to open; complaints count on its origin only, by default everywhere */
  async open(options: BrowserContextOptions = {}, home = 'about:blank'): Promise<Page> {
    const visitor = await Visitor.open(this.browser, home, options);
    this.all.push(visitor);
    return visitor.page;
  }

  get complaints(): readonly string[] {
    return this.all.flatMap(({ complaints }) => complaints);
  }

  /** Drops complaints with this prefix, which the test caused on purpose. */
  forgive(beginning: string): void {
    for (const visitor of this.all) visitor.forgive(beginning);
  }

  /** Drops what browsers log when a server stops: failed connections and requests in flight. */
  forgiveLostConnections(): void {
    this.forgive('WebSocket connection to');
    this.forgive('Failed to load resource: net::ERR_CONNECTION_');
    this.forgive('Failed to load resource: the server responded with a status of 503');
  }

  /** Closes all pages; returns their complaints. */
  async leave(): Promise<readonly string[]> {
    const gone = this.all.splice(0);
    for (const visitor of gone) await visitor.close();
    return gone.flatMap(({ complaints }) => complaints);
  }
}
