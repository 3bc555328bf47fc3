import type { ChatRoom as Declared } from '../chat-room.js';
import type { ChatRoom } from './chat-room.js';

/** Fails to compile if the shipped declaration promises members that the element lacks. */
const asDeclared = (room: ChatRoom): Declared => room;

it('has the types that are shipped', () => {
  expect(asDeclared).toHaveLength(1);
});
