// Preloaded into a server process, and so into its writer thread: each commit takes longer than the event loop waits twice.
require('reflect-metadata');
const { AppendTransaction } = require('../../dist/src/storage/sqlite/append.js');

const { append } = AppendTransaction.prototype;
const never = new Int32Array(new SharedArrayBuffer(4));

AppendTransaction.prototype.append = function (batch) {
  Atomics.wait(never, 0, 0, 40);
  return append.call(this, batch);
};
