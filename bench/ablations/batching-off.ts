import { MessageLog } from '../../src/messages/log/message-log';
import { oneByOne } from './one-by-one';

/** Loaded before the server: what arrives together is neither committed nor sent together. */
oneByOne(MessageLog, 'write');
