import { findChromium } from '../../proof/chromium';
import { MessageLog } from '../../src/messages/log/message-log';
import { createApp } from '../../src/app.factory';
import { listen } from '../../src/platform/http/listen';
import { readSettings } from '../../src/settings/load-settings';
import { append } from './append';
import { Visitors } from './browser';
import { RoomHost } from './room';
import { startServer, type TestServer } from './server';
import { describeWhere } from './suites';

const chromium = findChromium();

/** A server for each test, and a page of another site with the element. Complaints of a browser fail the test. */
export class RoomSuite {
  server: TestServer;
  host: RoomHost;
  private readonly visitors = new Visitors(chromium!);
  private forgiven: string[] = [];

  constructor(private readonly environment: Record<string, string>) {
    beforeAll(async () => {
      this.host = await RoomHost.open(this.visitors, () => this.server);
    });
    afterAll(() => this.host.close());
    beforeEach(async () => {
      this.forgiven = [];
      this.server = await startServer(this.environment);
    });
    afterEach(async () => {
      const complaints = await this.visitors.leave();
      await this.server.stop();
      expect(complaints.filter((text) => !this.forgiven.some((part) => text.includes(part)))).toEqual([]);
    });
  }

  /** Stores messages of a user who is not connected. */
  async write(username: string, ...texts: string[]): Promise<void> {
    const log = this.server.app.get(MessageLog);
    await Promise.all(texts.map((text) => append(log, username, text)));
  }

  /** Ignores complaints with this text, which the test causes on purpose. */
  forgive(part: string): void {
    this.forgiven.push(part);
  }

  /** Stops the server; `again` restarts it on the same port and database. */
  async stop(): Promise<{ again(environment?: Record<string, string>): Promise<void> }> {
    // Browsers log each connection that fails.
    this.forgiven.push('WebSocket connection to', 'Failed to load resource');
    const { server } = this;
    await server.stop();
    return {
      again: async (environment = {}) => {
        const settings = { DATABASE_URL: server.database, LOG_LEVEL: 'error', LIMITS: 'off' };
        const app = await createApp(readSettings({ ...settings, ...this.environment, ...environment }));
        await listen(app, server.port, '127.0.0.1');
        this.server = { ...server, app, stop: () => app.close() };
      },
    };
  }
}

/** Tests of the element in Chromium; visibly skipped where it is not installed. */
export function describeRooms(
  title: string,
  tests: (suite: RoomSuite) => void,
  environment: Record<string, string> = {},
): void {
  describeWhere(chromium !== undefined, 'Chromium (CHROMIUM_PATH)')(title, () => tests(new RoomSuite(environment)));
}
