// A replica never takes another one for gone.
require('reflect-metadata');
const { ClusterPresence } = require('../../dist/src/chat/presence/presence-replication.js');

ClusterPresence.prototype.forget = () => undefined;
