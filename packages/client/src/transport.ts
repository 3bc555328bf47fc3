import type { ChatOptions, Transport } from './types.js';

export const webSocket: Transport = ({ url, token, options, opened, received, closed }) => {
  const Socket: NonNullable<ChatOptions['WebSocket']> = options.WebSocket ?? WebSocket;
  const socket = new Socket(url.replace(/^http/, 'ws') + '/ws', ['chat.v2', ...(token ? ['bearer.' + token] : [])]);
  socket.onopen = opened;
  socket.onmessage = (event: { data: string }) => received(event.data);
  // `onclose` follows.
  socket.onerror = () => {};
  socket.onclose = (event: { code: number; reason: string }) => closed(event.code, event.reason);
  return {
    send: (frame) => socket.send(JSON.stringify(frame)),
    close: (abrupt) => (abrupt && socket.terminate ? socket.terminate() : socket.close()),
  };
};
