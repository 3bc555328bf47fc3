import type { Dialect } from './dialects';

/** The HTTP request of a WebSocket handshake. */
export function upgradeRequest(
  port: number,
  { path, subprotocol }: Pick<Dialect, 'path' | 'subprotocol'>,
  token?: string,
): string {
  const head = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    ...(subprotocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
  ];
  return `${head.join('\r\n')}\r\n\r\n`;
}
