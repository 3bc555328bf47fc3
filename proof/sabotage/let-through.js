// The guard lets a frame type through: who may read may also write.
require('reflect-metadata');
const { V2_IN } = require('../../dist/src/chat/protocol/frames.js');

V2_IN.chat_message.needs = 'read';
