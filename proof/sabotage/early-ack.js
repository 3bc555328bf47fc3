// The server acknowledges before it commits: the transaction stays open for a while after the answer.
require('reflect-metadata');

const path = require.resolve('../../dist/src/storage/sqlite/append.js');
const original = require(path);

const UNCOMMITTED_MS = 500;

class EarlyAck extends original.AppendTransaction {
  constructor(database) {
    database.transaction = (work) => ({
      immediate(...input) {
        if (!database.inTransaction) {
          database.exec('BEGIN IMMEDIATE');
          setTimeout(() => database.exec('COMMIT'), UNCOMMITTED_MS);
        }
        return work(...input);
      },
    });
    super(database);
  }
}

// The exports of a compiled module cannot be assigned to.
require.cache[path].exports = { ...original, AppendTransaction: EarlyAck };
