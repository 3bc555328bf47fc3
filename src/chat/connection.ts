import type { WebSocket } from 'ws';
import type { Language } from '../common/language';
import { encodeFrames, streamOf } from './encoded-frame';
import type { TokenBucket } from './token-bucket';

/** Close codes of the protocol beyond those of RFC 6455. */
export const CLOSE = { policy: 1008, restart: 1012, internal: 1011, tooSlow: 4008, tooMany: 4009 } as const;

/**
 * One open socket. Owns what is written to it and how much may wait there; must not know what the frames say.
 */
export class Connection {
  /** Names this connection is present under, the one used longest ago first. */
  readonly names = new Set<string>();
  /** Pings without a sign of life since. */
  missedPings = 0;

  constructor(
    readonly socket: WebSocket,
    readonly address: string,
    readonly language: Language,
    readonly bucket: TokenBucket,
    private readonly maxUnsentBytes: number,
  ) {
    const alive = () => (this.missedPings = 0);
    socket.on('pong', alive).on('message', alive);
    // Not left to ws, which answers every ping, however much a client that does not read has waiting.
    socket.on('ping', (data) => this.guarded(() => socket.pong(data)));
  }

  /** Sends encoded frames in one write. */
  write(frames: Buffer): void {
    this.guarded((stream) => stream.write(frames));
  }

  send(frame: object): void {
    this.write(encodeFrames([JSON.stringify(frame)]));
  }

  ping(): void {
    this.missedPings++;
    this.guarded(() => this.socket.ping());
  }

  /** Nothing follows a close frame, and a reader that leaves too much unread gets no more. */
  private guarded(write: (stream: NonNullable<ReturnType<typeof streamOf>>) => void): void {
    const stream = streamOf(this.socket);
    if (!stream || this.socket.readyState !== this.socket.OPEN) return;
    if (stream.writableLength > this.maxUnsentBytes) this.socket.close(CLOSE.tooSlow, 'reader too slow');
    else write(stream);
  }
}
