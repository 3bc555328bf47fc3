import { newMarker } from './markers';
import type { Request } from './request';
import { Sender } from './sender';

/** A user who may only read and tries everything else: every request must be refused. */
export class Spectator extends Sender {
  protected act(): number {
    if (this.random.chance(0.8)) return 4;
    const attempts = this.attempts(Math.max(1, this.history.newestId));
    // Each type once before any repeats.
    this.begin(attempts.find(({ type }) => !this.tried.has(type)) ?? this.random.pick(attempts));
    return 1;
  }

  private attempts(newestId: number): Request[] {
    const id = this.random.whole(1, newestId);
    const message = `${this.username} ${newMarker(this.random)}.`;
    return [
      { type: 'chat_message', message },
      { type: 'edit', id, message },
      { type: 'delete', id },
    ];
  }
}
