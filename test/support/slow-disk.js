// Preloaded into a server process, and so into its writer thread: slows each commit by 40 ms, which moves the next to the thread.

require('reflect-metadata');
const { AppendTransaction } = require('../../dist/src/storage/sqlite/append.js');

const { append } = AppendTransaction.prototype;
const never = new Int32Array(new SharedArrayBuffer(4));

AppendTransaction.prototype.append = function (batch) {
  Atomics.wait(never, 0, 0, 40);
  return append.call(this, batch);
};
