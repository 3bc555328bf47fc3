// The server stores a repeat like a new message.
require('reflect-metadata');
const { AppendTransaction } = require('../../dist/src/storage/sqlite/append.js');

const { append } = AppendTransaction.prototype;

AppendTransaction.prototype.append = function (batch, changes) {
  return append.call(
    this,
    batch.map((message) => (this.find(message, new Map()) ? { ...message, clientId: undefined } : message)),
    changes,
  );
};
