// Runs the server, and rebuilds and restarts it after each change in `src`; parameters go to Node.
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { watch } = require('node:fs');
const { join } = require('node:path');
const { build } = require('./build');

const ROOT = join(__dirname, '..');
/** Debounce, in milliseconds: an editor saves a file in several steps. */
const SETTLE_MS = 100;

let server;
let settling;
let restarting = Promise.resolve();

function start() {
  try {
    build();
  } catch (error) {
    // A syntax error; the next change starts it again.
    console.error(error.message);
    return;
  }
  server = spawn(process.execPath, [...process.argv.slice(2), join(ROOT, 'dist/src/main.js')], { stdio: 'inherit' });
}

async function restart() {
  if (server && server.exitCode === null && server.signalCode === null) {
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
  }
  start();
}

start();
watch(join(ROOT, 'src'), { recursive: true }, () => {
  clearTimeout(settling);
  settling = setTimeout(() => (restarting = restarting.then(restart)), SETTLE_MS);
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    server?.kill(signal);
    process.exit();
  });
}
