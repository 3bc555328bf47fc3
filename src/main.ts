import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp } from './app.setup';
import { StartupError } from './common/startup-error';
import { loadSettings } from './config/load-settings';
import type { Settings } from './config/settings';

async function start(): Promise<void> {
  const settings = loadSettings();
  const app = await createApp(settings);
  stopOnSignals(app, settings);
  await app.listen(settings.PORT, settings.HOST);
  new Logger('Main').log(`ready at ${await app.getUrl()}`);
}

/** The first signal begins an orderly end, bounded by the grace; a second one ends it at once. */
function stopOnSignals(app: NestExpressApplication, settings: Readonly<Settings>): void {
  const logger = new Logger('Main');
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.log(`${signal}: stopping, at most ${settings.SHUTDOWN_GRACE_SECONDS} s`);
    const late = setTimeout(() => {
      logger.error('the grace is over and not everything is written: ending anyway');
      process.exit(1);
    }, settings.SHUTDOWN_GRACE_SECONDS * 1000);
    late.unref();
    void app.close().then(() => {
      logger.log('stopped');
      process.exit(0);
    });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function die(error: unknown): void {
  if (error instanceof StartupError) process.stderr.write(`chat-system cannot start: ${error.message}\n`);
  else new Logger('Main').fatal(error instanceof Error ? error.stack : String(error));
  process.exit(1);
}

process.on('uncaughtException', die);
process.on('unhandledRejection', die);
start().catch(die);
