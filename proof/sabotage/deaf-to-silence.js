// A replica never takes a silent one for gone.
require('reflect-metadata');
const { RemoteReplica } = require('../../dist/src/chat/remote-replica.js');

Object.defineProperty(RemoteReplica.prototype, 'missedBeats', { get: () => 0, set: () => undefined });
