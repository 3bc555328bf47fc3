// A replica never declares another one gone.
require('reflect-metadata');
const { PresenceReplication } = require('../../dist/src/chat/presence/presence-replication.js');

PresenceReplication.prototype.forget = () => undefined;
