// The server ignores mutes and bans when a user writes or connects.
require('reflect-metadata');
const { Sanctions } = require('../../dist/src/moderation/sanctions.js');

Sanctions.prototype.require = () => undefined;
Sanctions.prototype.requireNotBanned = () => undefined;
