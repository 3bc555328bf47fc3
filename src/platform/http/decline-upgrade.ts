import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Hands a request that offers an unsupported protocol back to Node, without the offer (RFC 9110, 7.8): some clients offer HTTP/2
 * with each request, and with a listener for `upgrade` Node hands all such requests to it.
 */
export function declineUpgrade(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.toLowerCase() !== 'upgrade') text += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  }
  // Node decodes header bytes as Latin-1.
  socket.unshift(Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
