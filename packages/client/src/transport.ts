import type { ChatOptions, Transport } from './types.js';

export const webSocket: Transport = ({ url, token, options, opened, received, closed }) => {
  const Socket: NonNullable<ChatOptions['WebSocket']> = options.WebSocket ?? WebSocket;
  const socket = new Socket(url.replace(/^http/, 'ws') + '/ws', ['chat.v2', ...(token ? ['bearer.' + token] : [])]);
  socket.onopen = opened;
  socket.onmessage = ({ data }: { data: string }) => {
    received(data);
  };
  // `onclose` follows.
  socket.onerror = () => {};
  socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
    closed(code, reason);
  };
  return {
    send: (frame) => socket.send(JSON.stringify(frame)),
    close: (abrupt) => (abrupt && socket.terminate ? socket.terminate() : socket.close()),
  };
};
