// A replica never removes another one, whether silent or stopped.
require('reflect-metadata');
const { PresenceReplication } = require('../../dist/src/chat/presence/presence-replication.js');

PresenceReplication.prototype.forget = () => undefined;
