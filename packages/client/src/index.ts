export { ChatClient } from './chat-client.js';
export { ChatError, type ChatErrorDetails } from './chat-error.js';
export type { ClientFrame, ClientFrames, ServerFrame, ServerFrames } from './frames.js';
export type {
  ChangedMessage,
  ChatEvents,
  ChatOptions,
  ConnectionState,
  Link,
  LinkContext,
  Listener,
  Message,
  OutboxEntry,
  OutboxStore,
  Place,
  Presence,
  Receipt,
  Rejection,
  RequestOptions,
  Reset,
  Snapshot,
  SocketLike,
  StateEvent,
  Transport,
} from './types.js';
