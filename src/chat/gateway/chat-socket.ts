import { WebSocket } from 'ws';

/** Close reasons for the codes that `ws` sends by itself, without a reason. */
const REASONS: Readonly<Record<number, string>> = {
  1002: 'protocol error',
  1007: 'invalid UTF-8',
  1008: 'too many fragments or pieces',
  1009: 'message too big',
};

/** A socket whose close frame always has a reason: 1008 has several, and a script in a browser sees nothing else. */
export class ChatSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code, reason ?? (code === undefined ? undefined : REASONS[code]));
  }
}
