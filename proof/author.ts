import type { Request } from './request';
import { Writer } from './writer';

/** Newest own messages, the target of at least half of the changes. */
const HOT = 5;

/** A writer with an identity: edits and deletes its messages. */
export class Author extends Writer {
  private readonly own: number[] = [];

  protected override act(room: number): number {
    if (this.own.length === 0 || this.random.chance(0.6)) return super.act(Math.ceil(room / 2));
    const changes = this.random.whole(1, Math.min(room, 4));
    for (let i = 0; i < changes; i++) this.change(this.target());
    return changes;
  }

  protected override acknowledged({ type }: Request, id: number): void {
    if (type === 'chat_message') this.own.push(id);
  }

  private change(id: number): void {
    if (this.random.chance(0.3)) this.begin({ type: 'delete', id });
    else this.begin({ type: 'edit', id, message: this.text() });
  }

  private target(): number {
    return this.random.pick(this.random.chance(0.5) ? this.own.slice(-HOT) : this.own);
  }
}
