import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** The one without windows first: it starts with a third of the work. */
const CANDIDATES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];

/** An installed Chromium, or undefined. */
export function findChromium(): string | undefined {
  const given = process.env.CHROMIUM_PATH;
  return (given ? [given] : CANDIDATES.map((name) => `/usr/bin/${name}`)).find((path) => existsSync(path));
}

/** For a start, in milliseconds: a busy machine takes its time. */
const START_MS = 60_000;

/** A browser without a window, which ends with this process. */
export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    timeout: START_MS,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
