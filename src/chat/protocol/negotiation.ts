import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { AppError } from '../../platform/errors/app-error';
import type { Protocol } from './protocol';
import { PROTOCOL_V1, V1_SUBPROTOCOL } from './protocol-v1';
import { PROTOCOL_V2, V2_SUBPROTOCOL } from './protocol-v2';

/**
 * The subprotocol to accept (RFC 6455, section 4.2.2): v2 if the client offers it, else v1 if offered by name, else none, which
 * also means v1. Never an offer that carries a token: it would be echoed to the client, and end up in logs of responses.
 */
export function chooseSubprotocol(offered: ReadonlySet<string>): string | false {
  return [V2_SUBPROTOCOL, V1_SUBPROTOCOL].find((name) => offered.has(name)) ?? false;
}

/** Prefix of the offer that carries a token: browsers cannot set the `Authorization` header. */
const BEARER_OFFER = 'bearer.';

/** Whether `chooseSubprotocol` will choose v2. */
export function offersV2(request: IncomingMessage): boolean {
  return offersOf(request).includes(V2_SUBPROTOCOL);
}

/** The token among the offered subprotocols. @throws AppError `token_invalid` where there are several */
export function bearerIn(request: IncomingMessage): string | undefined {
  const tokens = offersOf(request).filter((offer) => offer.startsWith(BEARER_OFFER));
  if (tokens.length > 1) throw new AppError('token_invalid');
  return tokens[0]?.slice(BEARER_OFFER.length);
}

function offersOf({ headers }: IncomingMessage): readonly string[] {
  return headers['sec-websocket-protocol']?.split(',').map((offer) => offer.trim()) ?? [];
}

/** The protocol negotiated with a client. */
export function protocolOf(socket: WebSocket): Protocol {
  return socket.protocol === V2_SUBPROTOCOL ? PROTOCOL_V2 : PROTOCOL_V1;
}
