import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { EventLoopBudget } from '../../limits/event-loop-budget';
import type { FrameBudget } from './frame-budget';
import { refuse } from './refuse';
import type { UnfinishedMessages } from './unfinished-messages';
import { receiverOf, streamOf, unfinishedBytes, withoutDataListeners } from '../protocol/wire';

/** Bytes parsed between two checks of the budget: about forty of the smallest frames, which have six bytes. */
const SLICE_BYTES = 256;
/** Maximum wait of a connection in debt until the next check, in milliseconds. */
const MAX_WAIT_MS = 1_000;

/**
 * The incoming bytes of one socket, passed to `ws` as the budget allows; the rest waits in the kernel, and thereby at the
 * client. Nothing is dropped. Must not know what frames say.
 */
export class Intake {
  private readonly stream: Socket;
  private readonly receiver;
  private isWaiting = false;
  private hasWaited = false;
  private isHeld = false;

  constructor(
    private readonly socket: WebSocket,
    private readonly budget: FrameBudget,
    private readonly messages: UnfinishedMessages,
    private readonly eventLoop: EventLoopBudget,
  ) {
    this.stream = streamOf(socket)!;
    this.receiver = receiverOf(socket);
    // Replaces the listener of `ws`, which would parse a whole chunk without a check of the budget.
    withoutDataListeners(this.stream).on('data', (chunk: Buffer) => this.take(chunk));
  }

  /** Bytes buffered of an incomplete message. */
  get unfinished(): number {
    return unfinishedBytes(this.receiver);
  }

  /** Parses nothing more, from the next slice on, until `release`: what follows waits in the kernel. */
  hold(): void {
    this.isHeld = true;
  }

  release(): void {
    this.isHeld = false;
    if (!this.isWaiting && !this.socket.isPaused) this.stream.resume();
  }

  /** Closes the connection and ignores what the client still sends. */
  refuse(code: number, reason: string): void {
    this.messages.delete(this.socket);
    refuse(this.socket, code, reason);
  }

  /** To be called when the socket is closed. */
  end(): void {
    this.messages.delete(this.socket);
  }

  private take(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
      if (this.mustWait()) {
        this.stream.pause();
        this.stream.unshift(at === 0 ? chunk : chunk.subarray(at));
        return;
      }
      this.parse(chunk, at);
      // A protocol error or a close frame: `ws` closes by itself.
      if (this.receiver.destroyed || this.socket.readyState !== this.socket.OPEN) return;
    }
    if (this.unfinished > 0) this.messages.add(this.socket);
    else this.messages.delete(this.socket);
  }

  private parse(chunk: Buffer, at: number): void {
    if (chunk.length <= SLICE_BYTES) {
      this.receiver.write(chunk);
      return;
    }
    // One write for the answers to all frames of the slice.
    this.stream.cork();
    this.receiver.write(chunk.subarray(at, at + SLICE_BYTES));
    this.stream.uncork();
  }

  /** Whether parsing must stop now; if so, it resumes by itself later. */
  private mustWait(): boolean {
    const { socket, budget } = this;
    // A paused socket is resumed by the code that paused it.
    if (socket.isPaused || this.isWaiting || this.isHeld) return true;
    const wait = budget.waitMs;
    if (wait > 0) setTimeout(this.resume, Math.min(wait, MAX_WAIT_MS));
    else if (budget.isNewcomer && !this.hasWaited && !this.eventLoop.hasTime) this.eventLoop.wait(this.resume);
    else if (budget.isTurnOver) setImmediate(this.resume);
    else return false;
    return (this.isWaiting = true);
  }

  private readonly resume = (): void => {
    this.isWaiting = false;
    this.hasWaited = true;
    if (!this.socket.isPaused) this.stream.resume();
  };
}
