// The server acknowledges before it commits: the transaction stays open for a while after the answer.
require('reflect-metadata');
const built = require('../../dist/src/storage/sqlite/append.js');

const UNCOMMITTED_MS = 500;

built.AppendTransaction = class extends built.AppendTransaction {
  constructor(database) {
    database.transaction = (work) => ({
      immediate(batch) {
        if (!database.inTransaction) {
          database.exec('BEGIN IMMEDIATE');
          setTimeout(() => database.exec('COMMIT'), UNCOMMITTED_MS);
        }
        return work(batch);
      },
    });
    super(database);
  }
};
