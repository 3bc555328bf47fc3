import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** The headless build first: its start costs a third. */
const CANDIDATES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];

/** An installed Chromium, or undefined. */
export function findChromium(): string | undefined {
  const given = process.env.CHROMIUM_PATH;
  return (given ? [given] : CANDIDATES.map((name) => `/usr/bin/${name}`)).find((path) => existsSync(path));
}

/** Timeout of a start, in milliseconds; generous for busy machines. */
const START_MS = 60_000;

/** A headless browser, which ends with this process. */
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
