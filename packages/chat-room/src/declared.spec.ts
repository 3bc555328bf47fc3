import type { ChatRoom as Declared } from '../chat-room.js';
import type { ChatRoom } from './chat-room.js';

/** Does not compile where the declaration that is shipped promises what the element does not have. */
const asDeclared = (room: ChatRoom): Declared => room;

it('has the types that are shipped', () => {
  expect(asDeclared).toHaveLength(1);
});
