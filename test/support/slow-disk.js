// Preloaded into a server process, and so into its writer thread: each commit takes longer than the event loop may wait.
require('reflect-metadata');
const { AppendTransaction } = require('../../dist/src/messages/append-transaction.js');

const { append } = AppendTransaction.prototype;
const never = new Int32Array(new SharedArrayBuffer(4));

AppendTransaction.prototype.append = function (batch) {
  Atomics.wait(never, 0, 0, 20);
  return append.call(this, batch);
};
