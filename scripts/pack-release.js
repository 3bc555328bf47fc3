// Packs the server's sources at the current commit as test/releases/chat-VERSION.tgz, replacing those of the previous release:
// test/rolling-update.e2e-spec.ts updates this version to the next. Run it on the release's commit, and commit the archive after
// it. First builds the archive as that test does; on failure nothing changes.
const { execFileSync } = require('node:child_process');
const { existsSync, mkdtempSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } = require('node:fs');
const { join } = require('node:path');
const { version } = require('../package.json');

const ROOT = join(__dirname, '..');
const FOLDER = join(ROOT, 'test/releases');
/** Without the page's element: it is built with packages of this release, which the next one may lack. */
const SOURCES = ['src', 'scripts/build.js', 'scripts/build-element.js', 'package.json', ':(exclude)*.spec.ts'];

/** Throws if the server cannot be built from the archive with the packages of this release. */
function tryBuild(archive, folder) {
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  for (const name of ['node_modules', 'package-lock.json']) symlinkSync(join(ROOT, name), join(folder, name));
  execFileSync(process.execPath, [join(folder, 'scripts/build.js')], { stdio: 'inherit' });
  if (!existsSync(join(folder, 'dist/src/main.js'))) throw new Error('the archive builds no server');
}

mkdirSync(FOLDER, { recursive: true });
const draft = mkdtempSync(join(FOLDER, 'draft-'));
try {
  const name = `chat-${version}.tgz`;
  const archive = join(draft, name);
  execFileSync('git', ['archive', '--format=tar.gz', '-9', '-o', archive, 'HEAD', '--', ...SOURCES], { cwd: ROOT });
  const unpacked = join(draft, 'unpacked');
  mkdirSync(unpacked);
  tryBuild(archive, unpacked);
  for (const other of readdirSync(FOLDER).filter((one) => one.endsWith('.tgz'))) rmSync(join(FOLDER, other));
  renameSync(archive, join(FOLDER, name));
  process.stdout.write(`test/releases/${name}\n`);
} finally {
  rmSync(draft, { recursive: true, force: true });
}
