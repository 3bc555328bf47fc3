import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Answers a request that offers to change to a protocol which is not spoken here as if it had not (RFC 9110, 7.8): some clients
 * offer HTTP/2 with each request. With a listener for `upgrade` Node leaves all of them to it.
 */
export function answerWithoutUpgrade(server: Server, request: IncomingMessage, socket: Socket): void {
  const response = new ServerResponse(request);
  // Nobody reads what else comes on this connection.
  response.shouldKeepAlive = false;
  socket.resume();
  response.assignSocket(socket);
  response.once('finish', () => socket.destroySoon());
  socket.on('error', () => socket.destroy());
  server.emit('request', request, response);
}
