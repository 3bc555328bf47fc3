import { randomUUID } from 'node:crypto';

/** Maximum replicas remembered. Beyond it the one met longest ago is forgotten, and met again when it sends a frame. */
export const MAX_PEERS = 1_000;

/** Verdict on a correctly signed frame: new; received before; or from a replica that may have ended long ago. */
export type Standing = 'new' | 'repeated' | 'unmet';

/**
 * The replicas known to be alive, and the newest frame received from each. A signature proves who sent a frame, not when: frames
 * can be recorded and replayed. A replica is therefore trusted only once it has echoed a challenge created by this process, and
 * each of its frames is accepted once. Uses no clock: those of other machines may jump.
 */
export class Peers {
  /** Sequence of the newest frame by replica. */
  private readonly newest = new Map<string, number>();

  /** The challenge that other replicas must echo. */
  challenge: string = randomUUID();

  /** Judges a frame and records it as received. */
  receive(from: string, sequence: number): Standing {
    const newest = this.newest.get(from);
    if (newest === undefined) return 'unmet';
    if (sequence <= newest) return 'repeated';
    this.newest.set(from, sequence);
    return 'new';
  }

  /** Records the challenges echoed by an unmet replica. @returns whether it is met now */
  meet(from: string, sequence: number, challenges: readonly string[]): boolean {
    if (!challenges.includes(this.challenge)) return false;
    this.newest.set(from, sequence);
    if (this.newest.size > MAX_PEERS) {
      const [oldest] = this.newest.keys();
      this.newest.delete(oldest!);
      // Its answers to the old challenge may have been recorded.
      this.challenge = randomUUID();
    }
    return true;
  }
}
