import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { AppError } from '../../platform/errors/app-error';
import type { Protocol } from './protocol';
import { PROTOCOL_V1, V1_SUBPROTOCOL } from './protocol-v1';
import { PROTOCOL_V2, V2_SUBPROTOCOL } from './protocol-v2';

/**
 * The subprotocol to accept (RFC 6455, section 4.2.2): v2 where the client offers it, else v1 by its name or, without one, by none.
 * An offer that carries a token is never among them: it would be repeated to the client, and to whoever logs answers.
 */
export function chooseSubprotocol(offered: ReadonlySet<string>): string | false {
  return [V2_SUBPROTOCOL, V1_SUBPROTOCOL].find((name) => offered.has(name)) ?? false;
}

/** What a browser offers in place of a header that it cannot set: `bearer.` and the token. */
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
