// A replay begins one message late.
require('reflect-metadata');
const { Subscription } = require('../../dist/src/chat/delivery/subscription.js');

const { start } = Subscription.prototype;

Subscription.prototype.start = function (after, ...listeners) {
  start.call(this, after === undefined ? undefined : after + 1, ...listeners);
};
