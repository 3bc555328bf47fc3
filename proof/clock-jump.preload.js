// Preloaded into the server: offsets its clock by the milliseconds in a file, reread on SIGUSR2.
const { readFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

if (isMainThread) {
  const now = Date.now;
  let offset = 0;
  const read = () => (offset = Number(readFileSync(process.env.PROOF_CLOCK_OFFSET_FILE, 'utf8')));
  read();
  process.on('SIGUSR2', read);
  Date.now = () => now() + offset;
}
