import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/lifecycle/clock';
import { Settings } from '../../settings/settings';
import type { AddressBudget } from '../../limits/address-budget';
import { TokenBucket } from '../../limits/token-bucket';

/** Frames handled per turn of the event loop; beyond, a connection that has handled FEW_FRAMES yields to the others. */
const FRAMES_PER_TURN = 256;
const FEW_FRAMES = 16;
/** Burst of a connection, in seconds of its rate. */
const BURST_SECONDS = 1;
/** Bytes of a frame that cost as much as one empty frame. */
const BYTES_PER_FRAME = 2_048;
/** A connection within this share of its rate (burst: MODEST_SECONDS of it) does not wait for what others have spent. */
const MODEST_SHARE = 0.1;
const MODEST_SECONDS = 2;

/** The frame rate of the whole process, and the count of frames in the current turn of the event loop. Must not know connections. */
@Injectable()
export class FrameRates {
  readonly perConnection: number;
  readonly total: TokenBucket | undefined;
  private turnNumber = 0;
  private handledInTurn = 0;
  private turnBegan = 0;
  private isCounting = false;

  constructor(
    { FRAME_RATE, FRAME_RATE_TOTAL }: Settings,
    private readonly clock: Clock,
  ) {
    this.perConnection = FRAME_RATE;
    if (FRAME_RATE_TOTAL > 0) this.total = new TokenBucket(FRAME_RATE_TOTAL, FRAME_RATE_TOTAL, clock.monotonic());
  }

  /** The number of the current turn of the event loop. */
  get turn(): number {
    if (!this.isCounting) {
      this.isCounting = true;
      this.turnBegan = this.clock.monotonic();
      setImmediate(() => {
        this.turnNumber++;
        this.handledInTurn = 0;
        this.isCounting = false;
      });
    }
    return this.turnNumber;
  }

  /** Counts a frame of the turn. */
  handled(): void {
    this.handledInTurn++;
  }

  /** Whether FRAMES_PER_TURN frames were handled in this turn. */
  get isTurnFull(): boolean {
    return this.handledInTurn >= FRAMES_PER_TURN;
  }

  /** Start of the turn, on the monotonic clock. */
  get now(): number {
    return this.isCounting ? this.turnBegan : this.clock.monotonic();
  }
}

/**
 * Budget of one connection: its part of a turn of the event loop, and the frame rates of the connection, its address and the
 * process. Frames are charged before any work on them; a connection in debt waits. Must not know what frames say.
 */
export class FrameBudget {
  private turn = -1;
  private inTurn = 0;
  private readonly own: TokenBucket | undefined;
  private readonly modest: TokenBucket | undefined;

  constructor(
    private readonly rates: FrameRates,
    private readonly address: AddressBudget | undefined,
  ) {
    const { perConnection: rate } = rates;
    if (rate === 0) return;
    const modestRate = rate * MODEST_SHARE;
    this.own = new TokenBucket(rate, rate * BURST_SECONDS, rates.now);
    this.modest = new TokenBucket(modestRate, modestRate * MODEST_SECONDS, rates.now);
  }

  /** Charges a frame of this size, control frames included. */
  charge(bytes: number): void {
    const { rates } = this;
    const { turn, now } = rates;
    if (this.turn !== turn) this.inTurn = 0;
    this.turn = turn;
    this.inTurn++;
    rates.handled();
    const cost = 1 + Math.floor(bytes / BYTES_PER_FRAME);
    this.own?.charge(now, cost);
    this.modest?.charge(now, cost);
    this.address?.charge('frames', now, cost);
    rates.total?.charge(now, cost);
  }

  /** Whether no frame of the connection was handled yet. */
  get isNewcomer(): boolean {
    return this.turn < 0;
  }

  /** Whether the connection must yield to the others before its next frame. */
  get isTurnOver(): boolean {
    const { rates } = this;
    return this.turn === rates.turn && rates.isTurnFull && this.inTurn >= FEW_FRAMES;
  }

  /** Milliseconds until the next frame may be handled. */
  get waitMs(): number {
    const { own, modest, address, rates } = this;
    const { now } = rates;
    if (modest?.waitMs(now) === 0) return 0;
    return Math.max(own?.waitMs(now) ?? 0, address?.waitMs('frames', now) ?? 0, rates.total?.waitMs(now) ?? 0);
  }
}
