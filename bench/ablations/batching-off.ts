import { MessageLog } from '../../src/messages/log/message-log';
import { oneByOne } from './one-by-one';

/** Preloaded into the server: no batching, one commit and one round of writes per message. */
oneByOne(MessageLog, 'write');
