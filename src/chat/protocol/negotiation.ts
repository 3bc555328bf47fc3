import type { WebSocket } from 'ws';
import type { Protocol } from './protocol';
import { PROTOCOL_V1 } from './protocol-v1';
import { PROTOCOL_V2, V2_SUBPROTOCOL } from './protocol-v2';

/** The subprotocol to accept (RFC 6455, section 4.2.2): v2 where the client offers it, else none, which means v1. */
export function chooseSubprotocol(offered: ReadonlySet<string>): string | false {
  return offered.has(V2_SUBPROTOCOL) && V2_SUBPROTOCOL;
}

/** The protocol negotiated with a client. */
export function protocolOf(socket: WebSocket): Protocol {
  return socket.protocol === V2_SUBPROTOCOL ? PROTOCOL_V2 : PROTOCOL_V1;
}
