/** Public types: the sources import them from the shipped declaration, so that both agree. */
export type { ChatRoomEvents, Message, RowAction, RowActions, Token } from '../chat-room.js';
