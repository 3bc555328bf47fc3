// Builds the custom element of packages/chat-room if its sources, or those of the client in it, have changed.
const { execFileSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');
const PACKAGE = join(ROOT, 'packages', 'chat-room');
const SCRIPT = join(PACKAGE, 'dist', 'chat-room.js');
/** Holds a digest of the script's inputs. */
const KEY = join(PACKAGE, 'dist', '.build');

/** Digest of the script's inputs; the lock file covers the versions of its libraries and of the bundler. */
function digest() {
  const folders = [join(PACKAGE, 'src'), join(ROOT, 'packages', 'client', 'src')];
  const sources = folders.flatMap((folder) =>
    fs
      .readdirSync(folder, { recursive: true })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .sort()
      .map((name) => join(folder, name)),
  );
  const others = ['package-lock.json', 'packages/chat-room/build.mjs', 'packages/chat-room/vite.config.mjs'];
  const hash = createHash('sha256');
  for (const path of [...others.map((name) => join(ROOT, name)), ...sources])
    hash.update(path).update(fs.readFileSync(path));
  return hash.digest('hex');
}

/** Needs the client's build. Returns whether the script was written; never in a release's archive, which has the server only. */
function buildElement() {
  if (!fs.existsSync(PACKAGE)) return false;
  const key = digest();
  if (fs.existsSync(SCRIPT) && fs.existsSync(KEY) && fs.readFileSync(KEY, 'utf8') === key) return false;
  execFileSync(process.execPath, [join(PACKAGE, 'build.mjs')], { stdio: ['ignore', 'inherit', 'inherit'] });
  fs.writeFileSync(KEY, key);
  return true;
}

module.exports = { buildElement };
