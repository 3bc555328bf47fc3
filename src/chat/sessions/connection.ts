import type { WebSocket } from 'ws';
import type { AddressBudget } from '../../limits/address-budget';
import { bytesFlushed } from '../../platform/http/bytes-flushed';
import { drainedOrClosed } from '../delivery/drained';
import type { Sink } from '../delivery/subscription';
import { CLOSE } from '../protocol/close-codes';
import { encodeFrames, streamOf } from '../protocol/wire';
import type { FrameBudget } from './frame-budget';
import type { Intake } from './intake';

/** Unsent bytes of answers to a client's own frames beyond which its frames are not read until it has read the answers. */
const MAX_OWN_ANSWER_BYTES = 65_536;

/**
 * One open socket. Owns the order of its writes, the bound of its backlog, and how it is closed. Must not know what the frames
 * say or who the client is.
 */
export class Connection implements Sink {
  /** Pings since the last sign of life. */
  missedPings = 0;
  /** `bytesFlushed` at the last heartbeat. */
  private flushedBefore = 0;
  /** Acknowledgements, as JSON, in front of the next write. */
  private held: string[] | undefined;
  /** Encoded frames in front of `held`. */
  private ahead: Buffer | undefined;

  constructor(
    readonly socket: WebSocket,
    /** Budget of the client's address; undefined where nothing is limited by address. */
    readonly address: AddressBudget | undefined,
    private readonly budget: FrameBudget,
    private readonly intake: Intake,
    private readonly maxUnsentBytes: number,
  ) {}

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** Bytes written and not yet passed to the kernel. */
  get unsent(): number {
    return streamOf(this.socket)?.writableLength ?? 0;
  }

  /** Bytes buffered of an incoming message that is incomplete. */
  get unfinished(): number {
    return this.intake.unfinished;
  }

  /** More than SLOW_CONSUMER_BYTES are unsent: frames the client can do without are not sent. */
  get isFull(): boolean {
    return this.unsent > this.maxUnsentBytes;
  }

  /** A ping would not get through, or its answer would not be read. */
  get isHeldUp(): boolean {
    return this.isFull || this.socket.isPaused;
  }

  /** Bytes passed to the kernel since the connection began. */
  get flushed(): number {
    const stream = streamOf(this.socket);
    return stream ? bytesFlushed(stream) : 0;
  }

  /** Bytes written since the connection began, passed to the kernel or not. */
  get written(): number {
    return streamOf(this.socket)?.bytesWritten ?? 0;
  }

  /** Charges an incoming frame before any work on it. False while the connection is closing: the frame is ignored. */
  receive(bytes: number): boolean {
    this.budget.charge(bytes);
    if (!this.isOpen) return false;
    this.missedPings = 0;
    return true;
  }

  /** Sends encoded frames in one write, behind those kept by `putAhead` and `hold`. */
  write(frames: Buffer): void {
    if (!this.isOpen) return;
    const stream = streamOf(this.socket)!;
    const { ahead, held } = this;
    if (!ahead && !held) {
      stream.write(frames);
      return;
    }
    this.ahead = this.held = undefined;
    // Corked instead of joined: the frames are shared with other readers and may be long.
    stream.cork();
    if (ahead) stream.write(ahead);
    if (held) stream.write(encodeFrames(held));
    stream.write(frames);
    stream.uncork();
  }

  /** Keeps encoded frames for the start of the next write, in front of acknowledgements. */
  putAhead(frames: Buffer): void {
    this.ahead = this.ahead ? Buffer.concat([this.ahead, frames]) : frames;
  }

  /** Keeps an acknowledgement, as JSON, for the next write: it precedes its message. */
  hold(text: string): void {
    (this.held ??= []).push(text);
  }

  /** Sends held acknowledgements when no message follows. */
  flush(): void {
    if (this.held) this.write(Buffer.alloc(0));
    this.holdBackIfFull();
  }

  /** Sends frames, given as JSON, in one write. */
  send(...texts: readonly string[]): void {
    this.write(encodeFrames(texts));
    this.holdBackIfFull();
  }

  /** Whether bytes were passed to the kernel since the last call while others still wait. */
  hasProgressed(): boolean {
    const { flushed, flushedBefore } = this;
    this.flushedBefore = flushed;
    // With an empty backlog the kernel's buffer takes bytes although the client reads nothing.
    return this.unsent > 0 && flushed > flushedBefore;
  }

  /** Counts a ping, and sends it unless it could not get through. */
  ping(): void {
    this.missedPings++;
    if (this.isOpen && !this.isHeldUp) this.socket.ping();
  }

  /** Answers a ping, with backpressure: `ws` would answer each one, however large the backlog. */
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

  /** Parses no further frames until `releaseIntake`; those parsed in this turn still arrive. */
  holdIntake(): void {
    this.intake.hold();
  }

  releaseIntake(): void {
    this.intake.release();
  }

  /** Closes the connection after the unsent bytes. */
  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  /** Closes the connection and ignores what the client still sends. */
  refuse(code: number, reason: string): void {
    this.intake.refuse(code, reason);
  }

  /** Closes the connection after the unsent bytes; resolves when it is closed. */
  async end(): Promise<void> {
    if (this.socket.readyState === this.socket.CLOSED) return;
    // `once` of node:events would reject on an error of the client.
    const closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.socket.close(CLOSE.restart, 'server restarts');
    await closed;
  }

  /** To be called when the socket is closed. */
  ended(): void {
    this.intake.end();
  }

  cutOff(): void {
    this.socket.terminate();
  }

  private holdBackIfFull(): void {
    if (this.unsent <= MAX_OWN_ANSWER_BYTES || this.socket.isPaused) return;
    this.socket.pause();
    void this.drained().then(() => this.socket.resume());
  }
}
