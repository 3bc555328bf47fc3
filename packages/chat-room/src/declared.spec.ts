import type { ChatRoom as Declared, ChatRoomEvents as DeclaredEvents } from '../chat-room.js';
import type { ChatRoomEvents } from './api.js';
import type { ChatRoom } from './chat-room.js';

/** Does not compile where the declaration that is shipped promises what the element does not have. */
const asDeclared = {
  room: (room: ChatRoom): Declared => room,
  events: (events: ChatRoomEvents): DeclaredEvents => events,
};

it('has the types that are shipped', () => {
  expect(Object.keys(asDeclared)).toEqual(['room', 'events']);
});
