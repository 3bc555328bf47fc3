import { Hub } from '../../src/chat/delivery/hub';
import { oneByOne } from './one-by-one';

/** Loaded before the server: what is committed together no longer reaches a reader in one write. */
oneByOne(Hub, 'deliver');
