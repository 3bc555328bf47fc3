// A replica tells the others of a batch before it is stored, under the ids that it expects.
require('reflect-metadata');
const { COMMITTED, MessageFeed } = require('../../dist/src/messages/feed/message-feed.js');
const { PostgresWriter } = require('../../dist/src/storage/postgres/writer.js');

const { onModuleInit } = MessageFeed.prototype;
const { append } = PostgresWriter.prototype;
let feed;

MessageFeed.prototype.onModuleInit = function () {
  feed = this;
  return onModuleInit.call(this);
};

PostgresWriter.prototype.append = function (batch) {
  feed.bus.carry(
    COMMITTED,
    batch.map((message, i) => ({ ...message, id: feed.lastId + 1 + i })),
  );
  return append.call(this, batch);
};
