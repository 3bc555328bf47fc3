// Packs the sources of the present commit as test/releases/chat-VERSION.tgz, in place of those of the release before it: from
// that version the next one is updated in test/rolling-update.e2e-spec.ts. To be run on the release's commit, and committed after it.
const { execFileSync } = require('node:child_process');
const { mkdirSync, readdirSync, rmSync } = require('node:fs');
const { join } = require('node:path');
const { version } = require('../package.json');

const ROOT = join(__dirname, '..');
const FOLDER = join(ROOT, 'test/releases');

mkdirSync(FOLDER, { recursive: true });
for (const name of readdirSync(FOLDER)) rmSync(join(FOLDER, name));
const sources = ['src', 'scripts/build.js', 'package.json', ':(exclude)*.spec.ts'];
const archive = join(FOLDER, `chat-${version}.tgz`);
execFileSync('git', ['archive', '--format=tar.gz', '-9', '-o', archive, 'HEAD', '--', ...sources], { cwd: ROOT });
