/** What pages are promised: the sources take their types from the declaration that is shipped. */
export type { ChatRoomEvents, Message, RowAction, RowActions, Token } from '../chat-room.js';
