// The guard asks for too little on chat messages: users who may only read may also write.
require('reflect-metadata');
const { V2_IN } = require('../../dist/src/chat/protocol/frames.js');

V2_IN.chat_message.needs = 'read';
