import { newMarker } from './markers';
import type { Request } from './request';
import { Sender } from './sender';

/** Somebody who may only read, or a guest without messages, and tries everything else: all of it must be refused. */
export class Spectator extends Sender {
  protected act(): number {
    if (this.random.chance(0.8)) return 4;
    this.begin(this.attempt(Math.max(1, this.history.newestId)));
    return 1;
  }

  private attempt(newestId: number): Request {
    const id = this.random.whole(1, newestId);
    const message = `${this.username} ${newMarker(this.random)}.`;
    return this.random.pick([
      { type: 'chat_message', message },
      { type: 'edit', id, message },
      { type: 'delete', id },
    ]);
  }
}
