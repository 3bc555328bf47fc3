// A replica never expires another one that is silent.
require('reflect-metadata');
const { PresenceReplication } = require('../../dist/src/chat/presence/presence-replication.js');

PresenceReplication.prototype.forget = () => undefined;
