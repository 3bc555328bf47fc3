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
  /** Its `DATABASE_URL`. */
  readonly database: string;
  /** Ends the server; the database stays. */
  stop(): Promise<void>;
}

/** The real application on a free port, with a database of its own unless one is given. */
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
