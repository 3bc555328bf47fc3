// A replica never takes another one for gone.
require('reflect-metadata');
const { PresenceReplication } = require('../../dist/src/chat/presence/presence-replication.js');

PresenceReplication.prototype.forget = () => undefined;
