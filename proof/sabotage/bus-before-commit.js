// A replica broadcasts a batch before the commit, with the ids it expects.
require('reflect-metadata');
const { COMMITTED } = require('../../dist/src/messages/feed/broadcast-batch.js');
const { MessageFeed } = require('../../dist/src/messages/feed/message-feed.js');
const { PostgresWriter } = require('../../dist/src/storage/postgres/writer.js');

const { start } = MessageFeed.prototype;
const { append } = PostgresWriter.prototype;
let feed;

MessageFeed.prototype.start = function () {
  feed = this;
  return start.call(this);
};

PostgresWriter.prototype.append = function (batch, changes) {
  const expected = batch.map((message, i) => ({ ...message, id: feed.lastId + 1 + i }));
  if (expected.length > 0) feed.bus.carry(COMMITTED, expected);
  return append.call(this, batch, changes);
};
