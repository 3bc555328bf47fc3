// The server broadcasts a change before its commit, in the state that it expects.
require('reflect-metadata');
const { CHANGED } = require('../../dist/src/messages/feed/broadcast-changes.js');
const { ChangeFeed } = require('../../dist/src/messages/feed/change-feed.js');
const { MessageLog } = require('../../dist/src/messages/log/message-log.js');

const { start } = ChangeFeed.prototype;
const { change } = MessageLog.prototype;
let feed;

ChangeFeed.prototype.start = function (after) {
  feed = this;
  return start.call(this, after);
};

MessageLog.prototype.change = function (request, listener) {
  change.call(this, request, listener);
  const { messageId: id, text, at, by } = request;
  const [message] = feed.messages.inMemory(id - 1, id) ?? [];
  const isOwn = request.authorId !== undefined && message?.authorId === request.authorId;
  // Skip requests that will be refused: they get no id, and the ids guessed for later ones would be wrong.
  if (!message || message.deletedAt || !(isOwn || (request.isModerator && text === undefined))) return;
  const done = text === undefined ? { message: '', deletedAt: at, deletedBy: by } : { message: text, editedAt: at };
  feed.bus.publish(CHANGED, [{ ...message, ...done, changeId: feed.lastId + 1 }]);
};
