import { Sender } from './sender';

/** Deletes messages of others; tries to edit them, which moderators may not. */
export class Moderator extends Sender {
  protected act(): number {
    const { newestId } = this.history;
    if (newestId === 0 || this.random.chance(0.8)) return 2;
    const id = this.random.whole(this.random.chance(0.5) ? Math.max(1, newestId - 50) : 1, newestId);
    if (this.tried.has('edit') && this.random.chance(0.9)) this.begin({ type: 'delete', id });
    else this.begin({ type: 'edit', id, message: 'a moderator edits' });
    return 1;
  }
}
