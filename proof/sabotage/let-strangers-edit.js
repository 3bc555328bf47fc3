// The server lets authors edit messages that are not theirs.
require('reflect-metadata');

const path = require.resolve('../../dist/src/storage/message-change.js');
const original = require(path);

// The exports of a compiled module cannot be assigned to.
require.cache[path].exports = {
  ...original,
  refusalOf: (request, message) => {
    const refused = original.refusalOf(request, message);
    return refused === 'message_not_yours' ? undefined : refused;
  },
};
