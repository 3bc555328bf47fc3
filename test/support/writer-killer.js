// Preloaded into a server process: SIGUSR2 ends its writer thread, as a crash in it would.
const threads = require('node:worker_threads');

threads.Worker = class extends threads.Worker {
  constructor(...parameters) {
    super(...parameters);
    process.on('SIGUSR2', () => void this.terminate());
  }
};
