/** How clients of a server talk over their WebSocket. */
export interface Dialect {
  readonly path: string;
  /** What the handshake offers. */
  readonly subprotocol?: string;
  /** The payload that says something. */
  readonly message: (username: string, text: string) => string;
  /** Whether this frame means that the client may begin; without it the end of the HTTP handshake does. */
  readonly isWelcome?: (frame: string) => boolean;
  /** What the client has to answer to a frame of the server's own protocol. */
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
  /** Engine.IO 4 (`0` open, `2` ping, `3` pong, `4` message) with Socket.IO 5 (`0` connect, `2` event) in its messages. */
  socketio: {
    path: '/socket.io/?EIO=4&transport=websocket',
    message: (username, message) => `42${JSON.stringify(['chat_message', { username, message }])}`,
    isWelcome: (frame) => frame.startsWith('40'),
    reply: (frame) => (frame.startsWith('0') ? '40' : frame === '2' ? '3' : undefined),
  },
} satisfies Record<string, Dialect>;

export type DialectName = keyof typeof DIALECTS;
