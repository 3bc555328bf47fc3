import { randomUUID } from 'node:crypto';

/** Remembered, at most. Beyond it the one met longest ago is forgotten, and met anew when it speaks. */
export const MAX_PEERS = 1_000;

/** What a frame with a right signature is: new; one that was heard before; or of a replica that may be long gone. */
export type Standing = 'new' | 'repeated' | 'unmet';

/**
 * The replicas that are known to run now, and how far each was heard. A signature says who spoke, not when: anybody can
 * record frames and send them again. So a replica is only believed once it has repeated a challenge that nobody could
 * know before this process made it, and each of its frames once. No clock is involved: those of replicas may jump.
 */
export class Peers {
  /** The sequence of the newest frame of each. */
  private readonly newest = new Map<string, number>();

  /** What others have to repeat. */
  challenge: string = randomUUID();

  /** Judges a frame, and takes it for heard. */
  hear(from: string, sequence: number): Standing {
    const newest = this.newest.get(from);
    if (newest === undefined) return 'unmet';
    if (sequence <= newest) return 'repeated';
    this.newest.set(from, sequence);
    return 'new';
  }

  /** A replica that is not met yet repeats challenges. Whether it is met with that. */
  meet(from: string, sequence: number, challenges: readonly string[]): boolean {
    if (!challenges.includes(this.challenge)) return false;
    this.newest.set(from, sequence);
    if (this.newest.size > MAX_PEERS) {
      const [oldest] = this.newest.keys();
      this.newest.delete(oldest!);
      // Its answers to the old challenge may be on record.
      this.challenge = randomUUID();
    }
    return true;
  }
}
