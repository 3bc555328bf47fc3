import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp } from '../../src/app.setup';
import { readSettings } from '../../src/config/load-settings';

export interface TestServer {
  readonly app: NestExpressApplication;
  readonly port: number;
  readonly url: string;
  readonly path: string;
  /** Ends the server; the database stays. */
  stop(): Promise<void>;
}

const folders: string[] = [];

/** A new folder of this test file's own, removed when the file is done. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chat-test-'));
  folders.push(folder);
  return folder;
}

/** The real application on a free port, with a database of its own unless one is given. */
export async function startServer(environment: Record<string, string> = {}): Promise<TestServer> {
  const path = join(testFolder(), 'chat.sqlite');
  const settings = readSettings({
    DATABASE_URL: `sqlite:${path}`,
    LOG_LEVEL: 'error',
    MESSAGE_RATE: '0',
    ...environment,
  });
  const app = await createApp(settings);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= app.close());
  return { app, port, url: `http://127.0.0.1:${port}`, path: settings.DATABASE_URL.slice('sqlite:'.length), stop };
}

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
