import { Hub } from '../../src/chat/delivery/hub';
import { oneByOne } from './one-by-one';

/** Preloaded into the server: one write per frame instead of one per batch. */
oneByOne(Hub, 'deliver');
