import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Below the root, so that packages are found. */
const FOLDER = join(__dirname, '../../node_modules/.cache/bundles');

/** A module with all that it imports, minified, as a browser would get it. */
export async function bundle(source: string, environment = 'production'): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `${randomUUID()}.js`);
  writeFileSync(file, source);
  try {
    // A process of its own: the bundler is ESM.
    const bundler = [join(__dirname, 'bundle.mjs'), file, environment];
    return (await promisify(execFile)(process.execPath, bundler, { maxBuffer: 2 ** 26 })).stdout;
  } finally {
    rmSync(file);
  }
}
