// Builds when there is no build or a source is newer than it; the image for production has the build and no sources.
const { execFileSync } = require('node:child_process');
const { existsSync, readdirSync, statSync } = require('node:fs');

const SOURCES = [
  'src',
  'proof',
  'bench',
  'scripts',
  'ormconfig.ts',
  'package.json',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
];
const RESULT = 'dist/src/main.js';

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(`${path}/${name}`)));
}

const isCurrent =
  existsSync(RESULT) && (!existsSync('src') || statSync(RESULT).mtimeMs >= Math.max(...SOURCES.map(newest)));
if (!isCurrent)
  execFileSync(process.execPath, [require.resolve('@nestjs/cli/bin/nest.js'), 'build'], { stdio: 'inherit' });
