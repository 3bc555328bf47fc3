import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Turns } from '../../limits/turns';
import type { FrameBudget } from './frame-budget';
import { refuse } from './refuse';
import type { UnfinishedMessages } from './unfinished-messages';
import { receiverOf, streamOf, unfinishedBytes, withoutDataListeners } from '../protocol/wire';

/** Bytes that are parsed before the budget is asked again: at most some forty frames, the least of which has six. */
const SLICE_BYTES = 256;
/** How long a connection that owes waits at most before it is asked again, in milliseconds. */
const MAX_WAIT_MS = 1_000;

/**
 * What comes in on one socket, handed on to `ws` as far as the connection may have frames handled; the rest stays with the
 * kernel, and with the client. Nothing is dropped. It must not know what frames say.
 */
export class Intake {
  private readonly stream: Socket;
  private readonly receiver;
  private isWaiting = false;
  private hasWaited = false;

  constructor(
    private readonly socket: WebSocket,
    private readonly budget: FrameBudget,
    private readonly messages: UnfinishedMessages,
    private readonly turns: Turns,
  ) {
    this.stream = streamOf(socket)!;
    this.receiver = receiverOf(socket);
    // In the place of the listener of `ws`, which would parse all there is at a stretch.
    withoutDataListeners(this.stream).on('data', (chunk: Buffer) => this.take(chunk));
  }

  /** Bytes that are kept of a message that is incomplete. */
  get unfinished(): number {
    return unfinishedBytes(this.receiver);
  }

  /** Ends the connection; nothing more is read of what the client sends. */
  refuse(code: number, reason: string): void {
    this.messages.delete(this.socket);
    refuse(this.socket, code, reason);
  }

  /** Nothing comes any more. */
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
      // A frame that breaks the protocol, or the connection's last one: `ws` says goodbye by itself.
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
    // Many frames have many answers: one write for all of them.
    this.stream.cork();
    this.receiver.write(chunk.subarray(at, at + SLICE_BYTES));
    this.stream.uncork();
  }

  /** Whether nothing more may be parsed now; then it goes on by itself later. */
  private mustWait(): boolean {
    const { socket, budget } = this;
    // Whoever paused it resumes it.
    if (socket.isPaused || this.isWaiting) return true;
    const wait = budget.waitMs;
    if (wait > 0) setTimeout(this.goOn, Math.min(wait, MAX_WAIT_MS));
    else if (budget.isNewcomer && !this.hasWaited && !this.turns.hasTime) this.turns.wait(this.goOn);
    else if (budget.isTurnOver) setImmediate(this.goOn);
    else return false;
    return (this.isWaiting = true);
  }

  private readonly goOn = (): void => {
    this.isWaiting = false;
    this.hasWaited = true;
    if (!this.socket.isPaused) this.stream.resume();
  };
}
