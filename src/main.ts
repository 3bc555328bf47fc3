import 'reflect-metadata';
import { constants } from 'node:os';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp } from './app.factory';
import { ClusterBus } from './cluster/cluster-bus';
import { StartupError } from './platform/errors/startup-error';
import { listen } from './platform/http/listen';
import { isStartedByNpm, loadSettings } from './settings/load-settings';
import { misspeltSettings, uselessOptions } from './settings/misspelt';
import type { Settings } from './settings/settings';
import { settingsSummary } from './settings/summary';
import { usage } from './settings/usage';
import { APP_NAME, APP_VERSION } from './settings/version';

async function start(): Promise<void> {
  const settings = loadSettings();
  process.on('SIGTERM', endAtOnce).on('SIGINT', endAtOnce);
  const app = await createApp(settings);
  process.off('SIGTERM', endAtOnce).off('SIGINT', endAtOnce);
  stopOnSignals(app, settings);
  await listen(app, settings.PORT, settings.HOST);
  const logger = new Logger('Main');
  for (const warning of [...misspeltSettings(), ...uselessOptions()]) logger.warn(warning);
  const { kind } = app.get(ClusterBus);
  const facts = `${APP_NAME} ${APP_VERSION}, ${settingsSummary(settings)}, bus ${kind}`;
  logger.log(`${facts}, ready at ${await app.getUrl()}`);
}

/** The signal's default action; process 1, the only one of a container, receives only the signals it handles. */
function endAtOnce(signal: NodeJS.Signals): void {
  process.exit(128 + constants.signals[signal]);
}

/**
 * A terminal's Ctrl-C can arrive twice, from the terminal and from npm; signals within this time count as one, in milliseconds.
 */
const SAME_KEY_PRESS_MS = 250;

/** The first signal begins a graceful shutdown, bounded by `SHUTDOWN_GRACE_SECONDS`; a second one ends the process at once. */
function stopOnSignals(app: NestExpressApplication, settings: Readonly<Settings>): void {
  const logger = new Logger('Main');
  let stoppingSince: number | undefined;
  const stop = (cause: string): void => {
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince > SAME_KEY_PRESS_MS) process.exit(1);
      return;
    }
    stoppingSince = performance.now();
    logger.log(`${cause}: stopping, at most ${settings.SHUTDOWN_GRACE_SECONDS} s`);
    setTimeout(() => {
      logger.error('the shutdown grace expired before everything was written: exiting');
      process.exit(1);
    }, settings.SHUTDOWN_GRACE_SECONDS * 1000).unref();
    void app.close().then(() => {
      logger.log('stopped');
      process.exit(0);
    });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (isStartedByNpm()) stopWithParent(stop);
}

/** `npm start` runs a shell in between that dies of SIGTERM without passing it on. */
function stopWithParent(stop: (cause: string) => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop('npm has exited');
  }, 500).unref();
}

function die(error: unknown): void {
  if (error instanceof StartupError) process.stderr.write(`chat-system cannot start: ${error.message}\n`);
  else new Logger('Main').fatal(error instanceof Error ? error.stack : String(error));
  process.exit(1);
}

// Ignore EPIPE on stdout and stderr: losing the log reader must not stop the server.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
process.on('uncaughtException', die);
process.on('unhandledRejection', die);
if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) process.stdout.write(usage());
else start().catch(die);
