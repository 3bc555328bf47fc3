// Packs the build as test/releases/chat-VERSION.tgz, in place of the release before it: from there the next version is updated in
// test/rolling-update.e2e-spec.ts. To be run on the release's commit, and committed after it.
const { execFileSync } = require('node:child_process');
const { mkdirSync, readdirSync, rmSync } = require('node:fs');
const { join } = require('node:path');
const { version } = require('../package.json');

const ROOT = join(__dirname, '..');
const FOLDER = join(ROOT, 'test/releases');

require('./build').build();
mkdirSync(FOLDER, { recursive: true });
for (const name of readdirSync(FOLDER)) rmSync(join(FOLDER, name));
// The same bytes for the same sources.
const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
execFileSync('tar', [
  ...same,
  '--exclude=*.map',
  '--use-compress-program=gzip -9n',
  ...['-cf', join(FOLDER, `chat-${version}.tgz`), '-C', join(ROOT, 'dist'), 'src', 'package.json'],
]);
