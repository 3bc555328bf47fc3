import { Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { Peers, type Standing } from './peers';

/** The bus's own topic, on which replicas meet. */
export const INTRODUCTION = 'bus.introduction';

/** How long an answer waits for others who ask: it bounds what anybody can make a replica say, in milliseconds. */
const GATHER_MS = 20;
/** Challenges in one frame, at most; who is not answered asks again. */
const MAX_ANSWERS = 100;

const CHALLENGE = Type.String({ maxLength: 64 });
const FORM = TypeCompiler.Compile(
  Type.Object({ challenge: Type.Optional(CHALLENGE), answers: Type.Array(CHALLENGE, { maxItems: MAX_ANSWERS }) }),
);

/** How replicas get to know that each other's frames are of now: each repeats the others' challenges. */
export class Introductions {
  private readonly peers = new Peers();
  private readonly answers = new Set<string>();
  private isAsking = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly say: (introduction: unknown) => void,
    private readonly onMet: () => void,
  ) {}

  /** Asks all who hear it to introduce themselves. */
  ask(): void {
    this.isAsking = true;
    this.speak();
  }

  /** Judges a frame of another replica, and takes it for heard. Who is not known yet is asked. */
  judge(from: string, sequence: number): Standing {
    const standing = this.peers.hear(from, sequence);
    if (standing === 'unmet') this.askSoon();
    return standing;
  }

  /**
   * The same for a frame that introduces its sender.
   * @throws TypeError
   */
  take(from: string, sequence: number, payload: unknown): Standing {
    if (!FORM.Check(payload)) throw new TypeError('it is no introduction');
    const standing = this.peers.hear(from, sequence);
    if (standing === 'repeated') return standing;
    const { challenge, answers } = payload;
    if (challenge !== undefined && this.answers.size < MAX_ANSWERS) {
      this.answers.add(challenge);
      this.speakSoon();
    }
    if (standing === 'unmet') {
      if (this.peers.meet(from, sequence, answers)) this.onMet();
      else this.askSoon();
    }
    return 'new';
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private askSoon(): void {
    this.isAsking = true;
    this.speakSoon();
  }

  private speakSoon(): void {
    this.timer ??= setTimeout(() => this.speak(), GATHER_MS).unref();
  }

  private speak(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const introduction = { ...(this.isAsking && { challenge: this.peers.challenge }), answers: [...this.answers] };
    this.isAsking = false;
    this.answers.clear();
    this.say(introduction);
  }
}
