import type { WebSocket } from 'ws';
import type { Protocol } from './protocol';
import { PROTOCOL_V1 } from './protocol-v1';
import { PROTOCOL_V2, V2_SUBPROTOCOL } from './protocol-v2';

/** The answer to the subprotocols that a client offers (RFC 6455, 4.2.2): v2 if it is among them, else none, which is v1. */
export function chooseSubprotocol(offered: ReadonlySet<string>): string | false {
  return offered.has(V2_SUBPROTOCOL) && V2_SUBPROTOCOL;
}

/** What was agreed with a client. */
export function protocolOf(socket: WebSocket): Protocol {
  return socket.protocol === V2_SUBPROTOCOL ? PROTOCOL_V2 : PROTOCOL_V1;
}
