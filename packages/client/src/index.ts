export { ChatClient } from './chat-client.js';
export { ChatError } from './chat-error.js';
export type { ClientFrame, ClientFrames, ServerFrame, ServerFrames } from './frames.js';
export type {
  ChangedMessage,
  ChatEvents,
  ChatOptions,
  ConnectionState,
  Link,
  LinkContext,
  IterateOptions,
  Listener,
  Message,
  OutboxEntry,
  Place,
  Presence,
  Receipt,
  Rejection,
  RequestOptions,
  SendOptions,
  Reset,
  Snapshot,
  SocketLike,
  StateEvent,
  Transport,
} from './types.js';
