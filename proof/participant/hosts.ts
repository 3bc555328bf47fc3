import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium, launch } from '../chromium';
import type { Options } from '../options';
import type { OpenHost } from './host';
import { openPage } from './page-host';
import { openProcess } from './process-host';
import { bundle } from './script';

/** Environments in which the published client runs, by name. */
export type Hosts = ReadonlyMap<string, OpenHost>;

export async function hostsOf({ clientSabotage, hasBrowser }: Options, folder: string): Promise<Hosts> {
  const script = await bundle(clientSabotage);
  const path = join(folder, 'client.mjs');
  writeFileSync(path, script);
  const hosts = new Map<string, OpenHost>([['Node', (...options) => openProcess(path, ...options)]]);
  const chromium = findChromium();
  if (hasBrowser && chromium) {
    // Before the run: a browser starts slowly on a busy machine.
    const browser = await launch(chromium);
    hosts.set('Chromium', (...options) => openPage(browser, script, ...options));
  }
  return hosts;
}
