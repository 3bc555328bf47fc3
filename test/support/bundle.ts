import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Below the project's root, so that imports of packages resolve. */
const FOLDER = join(__dirname, '../../node_modules/.cache/bundles');

/** Bundles a module with all its imports, minified, as a browser would load it. */
export async function bundle(source: string, environment = 'production'): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `${randomUUID()}.js`);
  writeFileSync(file, source);
  try {
    // In a separate process: the bundler is ESM only.
    const bundler = [join(__dirname, 'bundle.mjs'), file, environment];
    return (await promisify(execFile)(process.execPath, bundler, { maxBuffer: 2 ** 26 })).stdout;
  } finally {
    rmSync(file);
  }
}
