// A replica stores a repeat like a new message, on PostgreSQL without its idempotency key.
require('reflect-metadata');
const { PostgresWriter } = require('../../dist/src/storage/postgres/writer.js');

const { append } = PostgresWriter.prototype;

PostgresWriter.prototype.append = function (batch, changes) {
  return append.call(
    this,
    batch.map((message) => ({ ...message, clientId: undefined })),
    changes,
  );
};
