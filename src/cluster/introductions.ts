import { Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import type { CancelTimer, Clock } from '../platform/lifecycle/clock';
import { Peers, type Standing } from './peers';

/** The bus's own topic, on which replicas introduce themselves. */
export const INTRODUCTION = 'bus.introduction';

/** Time in which challenges are coalesced into one answer, in milliseconds: bounds how often a replica can be made to answer. */
const GATHER_MS = 20;
/** Maximum challenges answered per frame; a replica without an answer asks again. */
const MAX_ANSWERS = 100;

const CHALLENGE = Type.String({ maxLength: 64 });
const FORM = TypeCompiler.Compile(
  Type.Object({ challenge: Type.Optional(CHALLENGE), answers: Type.Array(CHALLENGE, { maxItems: MAX_ANSWERS }) }),
);

/**
 * Challenge and response between replicas: each echoes the challenges of the others, which proves that its frames are not
 * replayed.
 */
export class Introductions {
  private readonly peers = new Peers();
  private readonly answers = new Set<string>();
  private isRequested = false;
  private cancelTimer: CancelTimer | undefined;

  constructor(
    private readonly publish: (introduction: unknown) => void,
    private readonly onMet: () => void,
    private readonly clock: Clock,
  ) {}

  /** Requests an introduction of all reachable replicas. */
  request(): void {
    this.isRequested = true;
    this.send();
  }

  /** Judges a frame of another replica and records it as received. An unknown sender is asked to introduce itself. */
  judge(from: string, sequence: number): Standing {
    const standing = this.peers.receive(from, sequence);
    if (standing === 'unmet') this.requestSoon();
    return standing;
  }

  /**
   * Like `judge`, for a frame that introduces its sender.
   * @throws TypeError
   */
  receive(from: string, sequence: number, payload: unknown): Standing {
    if (!FORM.Check(payload)) throw new TypeError('not an introduction');
    const standing = this.peers.receive(from, sequence);
    if (standing === 'repeated') return standing;
    const { challenge, answers } = payload;
    if (challenge !== undefined && this.answers.size < MAX_ANSWERS) {
      this.answers.add(challenge);
      this.sendSoon();
    }
    if (standing === 'unmet') {
      if (this.peers.meet(from, sequence, answers)) this.onMet();
      else this.requestSoon();
    }
    return 'new';
  }

  stop(): void {
    this.cancelTimer?.();
  }

  private requestSoon(): void {
    this.isRequested = true;
    this.sendSoon();
  }

  private sendSoon(): void {
    this.cancelTimer ??= this.clock.after(GATHER_MS, () => this.send());
  }

  private send(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    const introduction = { ...(this.isRequested && { challenge: this.peers.challenge }), answers: [...this.answers] };
    this.isRequested = false;
    this.answers.clear();
    this.publish(introduction);
  }
}
