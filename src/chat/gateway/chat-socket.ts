import { WebSocket } from 'ws';

/** Why `ws` closes a connection by itself; it gives the code only. */
const REASONS: Readonly<Record<number, string>> = {
  1002: 'protocol error',
  1007: 'invalid UTF-8',
  1008: 'too many fragments or pieces',
  1009: 'message too big',
};

/** A socket that always says why it closes. A browser shows its script nothing else, and 1008 has several reasons. */
export class ChatSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code, reason ?? (code === undefined ? undefined : REASONS[code]));
  }
}
