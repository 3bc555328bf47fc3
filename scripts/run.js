// Starts the server or a tool from the build, after building what is missing or stale:
// node scripts/run.js start|bench|chat|conformance|move|proof [options]. `--help` is answered at once, without a build.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const ROOT = join(__dirname, '..');
/** The same text as in src/settings/usage.ts, which serves builds without .env.example. */
const INTRO = `npm start, or node dist/src/main.js

Starts the chat server. It has no options; its settings are environment variables, or lines of a file \`.env\`:

`;
/** As in packages/cli/src/language.ts. */
const { LC_ALL, LC_MESSAGES, LANG } = process.env;
const language = /^de(?![a-z])/i.test(LC_ALL || LC_MESSAGES || LANG || '') ? 'de' : 'en';
const PROGRAMS = {
  start: { main: 'src/main', usage: '.env.example', intro: INTRO },
  bench: { main: 'bench/main', usage: 'bench/usage.txt' },
  chat: { module: 'packages/cli/dist/main.js', usage: `packages/cli/usage.${language}.txt` },
  conformance: { main: 'conformance/main', usage: 'conformance/usage.txt' },
  move: { main: 'src/cli/move/main', usage: 'src/cli/move/usage.txt' },
  proof: { main: 'proof/main', usage: 'proof/usage.txt' },
};

const [, , name, ...options] = process.argv;
const program = PROGRAMS[name];
if (!program) {
  process.stderr.write(`unknown program ${name}; known: ${Object.keys(PROGRAMS).join(', ')}\n`);
  process.exit(2);
}
if (options.includes('--help') || options.includes('-h')) {
  process.stdout.write((program.intro ?? '') + readFileSync(join(ROOT, program.usage), 'utf8'));
} else {
  require('./build').build();
  const main = join(ROOT, program.module ?? join('dist', `${program.main}.js`));
  // In this process: signals and the exit code need no forwarding.
  process.argv.splice(1, 2, main);
  if (program.module) import(pathToFileURL(main));
  else require(main);
}
