/** The protocols that clients speak over the WebSocket. */
export interface Dialect {
  readonly path: string;
  /** Offered subprotocol. */
  readonly subprotocol?: string;
  /** Payload of a chat message. */
  readonly message: (username: string, text: string) => string;
  /** The first frame, after the handshake. */
  readonly hello?: string;
  /** Whether the client may begin after this frame; undefined: it begins after the HTTP handshake. */
  readonly isWelcome?: (frame: string) => boolean;
  /** The client's answer to a frame of the protocol itself, such as a heartbeat. */
  readonly reply?: (frame: string) => string | undefined;
}

export const DIALECTS = {
  chat: {
    path: '/ws',
    message: (username, message) => JSON.stringify({ type: 'chat_message', username, message }),
  },
  /** Protocol v2 of this server: acknowledged, and after `hello` with presence. */
  chatV2: {
    path: '/ws',
    subprotocol: 'chat.v2',
    message: (username, message) =>
      JSON.stringify({ type: 'chat_message', client_id: message.slice(0, 14), username, message }),
  },
  /** The same for readers: `hello` starts the feed, which includes changes. */
  chatV2Live: {
    path: '/ws',
    subprotocol: 'chat.v2',
    hello: JSON.stringify({ type: 'hello' }),
    isWelcome: (frame) => frame.startsWith('{"type":"welcome"'),
    message: (username, message) => JSON.stringify({ type: 'chat_message', client_id: message, username, message }),
  },
  /** Engine.IO 4 (`0` open, `2` ping, `3` pong, `4` message) with Socket.IO 5 (`0` connect, `2` event) in its messages. */
  socketio: {
    path: '/socket.io/?EIO=4&transport=websocket',
    message: (username, message) => `42${JSON.stringify(['chat_message', { username, message }])}`,
    isWelcome: (frame) => frame.startsWith('40'),
    reply: (frame) => (frame.startsWith('0') ? '40' : frame === '2' ? '3' : undefined),
  },
} satisfies Record<string, Dialect>;

export type DialectName = keyof typeof DIALECTS;
