import type { WebSocket } from 'ws';
import { bytesFlushed } from '../../platform/http/bytes-flushed';
import type { Language } from '../../platform/errors/language';
import type { AddressBudget } from '../../limits/address-budget';
import type { TokenBucket } from '../../limits/token-bucket';
import type { AppendListener } from '../../messages/log/message-log';
import { CLOSE } from '../protocol/close-codes';
import { drainedOrClosed } from '../delivery/drained';
import type { FrameBudget } from './frame-budget';
import type { Intake } from './intake';
import { encodeFrames, streamOf } from '../protocol/wire';
import type { Protocol } from '../protocol/protocol';
import type { Sink, Subscription } from '../delivery/subscription';

/** Bytes of answers to a client's own frames that may wait for it; beyond, it is not listened to until it has read. */
const MAX_OWN_ANSWER_BYTES = 65_536;

/**
 * One open socket. Owns what is written to it, in which order, and how much may wait there; must not know what the
 * frames say.
 */
export class Connection implements Sink {
  /** Names this connection is present under, the one used longest ago first; undefined until it has one. */
  names: Set<string> | undefined;
  /** The last of them. */
  newestName: string | undefined;
  /** The name that `hello` or the URL gave. */
  username: string | undefined;
  /** Its place in the feed; undefined until it wants the feed. */
  subscription: Subscription | undefined;
  /** Its place in the order of joins: what it knows of who is present; undefined until it is told of them. */
  presencePlace: number | undefined;
  /** Hears what becomes of what this connection says; undefined until it says something. */
  author: AppendListener | undefined;
  /** What it may still say; undefined until it says something. */
  messages: TokenBucket | undefined;
  /** How often it may still be refused; undefined until it is. */
  refusals: TokenBucket | undefined;
  /** Pings without a sign of life since. */
  missedPings = 0;
  /** Of `taken`, at the last beat. */
  private takenBefore = 0;
  /** Acknowledgements that go out in front of the next write. */
  private held: string[] | undefined;
  /** Frames that go out in front even of them. */
  private ahead: Buffer | undefined;

  constructor(
    readonly socket: WebSocket,
    /** Of the client's address; undefined where nothing is limited by address. */
    readonly address: AddressBudget | undefined,
    /** What it may have handled. */
    readonly frames: FrameBudget,
    private readonly intake: Intake,
    readonly language: Language,
    readonly protocol: Protocol,
    private readonly maxUnsentBytes: number,
  ) {}

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  get unsent(): number {
    return streamOf(this.socket)?.writableLength ?? 0;
  }

  /** Bytes that are kept of a message that it has begun and not finished. */
  get unfinished(): number {
    return this.intake.unfinished;
  }

  /** More waits for the reader than may; what it can do without is not sent. */
  get isFull(): boolean {
    return this.unsent > this.maxUnsentBytes;
  }

  /** Bytes of all that was sent which the kernel has taken. */
  get taken(): number {
    const stream = streamOf(this.socket);
    return stream ? bytesFlushed(stream) : 0;
  }

  /** Bytes of all that was sent, taken or not. */
  get written(): number {
    return streamOf(this.socket)?.bytesWritten ?? 0;
  }

  /** Sends encoded frames in one write, with what was kept for it in front. */
  write(frames: Buffer): void {
    if (!this.isOpen) return;
    const stream = streamOf(this.socket)!;
    const { ahead, held } = this;
    if (!ahead && !held) {
      stream.write(frames);
      return;
    }
    this.ahead = this.held = undefined;
    // Corked and not joined: the frames are shared with other readers, and may be long.
    stream.cork();
    if (ahead) stream.write(ahead);
    if (held) stream.write(encodeFrames(held));
    stream.write(frames);
    stream.uncork();
  }

  /** Keeps encoded frames for the next write, in front of everything else that is kept for it. */
  putAhead(frames: Buffer): void {
    this.ahead = this.ahead ? Buffer.concat([this.ahead, frames]) : frames;
  }

  /** Keeps an acknowledgement for the next write, so that it stands in front of the message it is for. */
  hold(text: string): void {
    (this.held ??= []).push(text);
  }

  /** Sends what is still held: no message follows. */
  flush(): void {
    if (this.held) this.write(Buffer.alloc(0));
    this.holdBackIfFull();
  }

  /** Sends frames, given as JSON, in one write. */
  send(...texts: readonly string[]): void {
    this.write(encodeFrames(texts));
    this.holdBackIfFull();
  }

  /** Whether the reader has taken something since the last call, and still has something waiting. */
  hasTaken(): boolean {
    const { taken, takenBefore } = this;
    this.takenBefore = taken;
    // Where nothing waits the kernel takes what nobody reads.
    return this.unsent > 0 && taken > takenBefore;
  }

  ping(): void {
    const isHeldUp = this.isFull || this.socket.isPaused;
    // No ping would come through, or its answer would not be read: whether it reads is up to `StalledReaders`.
    if (isHeldUp && this.isOpen && this.subscription) return;
    this.missedPings++;
    if (this.isOpen && !isHeldUp) this.socket.ping();
  }

  /** Answers a ping of the client. Not left to ws, which answers every one, however much a client that does not read has waiting. */
  pong(data: Buffer): void {
    if (this.isOpen) this.socket.pong(data);
    this.holdBackIfFull();
  }

  async drained(): Promise<void> {
    const stream = streamOf(this.socket);
    if (stream) await drainedOrClosed(stream);
  }

  closeTooSlow(): void {
    this.socket.close(CLOSE.tooSlow, 'reader too slow');
  }

  /** Ends it without listening to it any more. */
  refuse(code: number, reason: string): void {
    this.intake.refuse(code, reason);
  }

  /** An orderly end after what waits; resolves when it is closed. */
  async end(): Promise<void> {
    if (this.socket.readyState === this.socket.CLOSED) return;
    // Not `once` of node:events: an error of the client in between would be this one's failure.
    const closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.socket.close(CLOSE.restart, 'server restarts');
    await closed;
  }

  /** The socket is closed. */
  ended(): void {
    this.intake.end();
  }

  cutOff(): void {
    this.socket.terminate();
  }

  /** A client that asks more than it reads is not listened to until it has read. */
  private holdBackIfFull(): void {
    if (this.unsent <= MAX_OWN_ANSWER_BYTES || this.socket.isPaused) return;
    this.socket.pause();
    void this.drained().then(() => this.socket.resume());
  }
}
