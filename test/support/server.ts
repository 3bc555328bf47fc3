import type { AddressInfo } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp } from '../../src/app.factory';
import { listen } from '../../src/platform/http/listen';
import { readSettings } from '../../src/settings/load-settings';
import { newDatabase } from './database';

export interface TestServer {
  readonly app: NestExpressApplication;
  readonly port: number;
  readonly url: string;
  /** The server's `DATABASE_URL`. */
  readonly database: string;
  /** Stops the server and keeps the database. */
  stop(): Promise<void>;
}

/** The real application on a free port, by default with a new database. */
export async function startServer(environment: Record<string, string> = {}): Promise<TestServer> {
  const database = environment.DATABASE_URL ?? (await newDatabase());
  const settings = readSettings({
    DATABASE_URL: database,
    LOG_LEVEL: 'error',
    LIMITS: 'off',
    ...environment,
  });
  const app = await createApp(settings);
  await listen(app, 0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= app.close());
  return { app, port, url: `http://127.0.0.1:${port}`, database, stop };
}
