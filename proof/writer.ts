import { newMarker } from './markers';
import { Sender } from './sender';

const LETTERS = ['a', 'e', 'n', ' ', 'ß', 'ü', 'Ж', '語', '🙂'];

/** Sends messages; sometimes tries to change any message, which only its author may. */
export class Writer extends Sender {
  private texts = 0;

  protected act(room: number): number {
    const burst = this.random.whole(1, room);
    if (this.history.newestId > 0 && this.random.chance(this.tried.size < 3 ? 0.5 : 0.05)) this.trespass();
    for (let i = 0; i < burst; i++) this.begin({ type: 'chat_message', message: this.text() });
    return burst;
  }

  private trespass(): void {
    const id = this.random.whole(1, Math.max(1, this.history.newestId));
    this.begin(this.random.chance(0.5) ? { type: 'delete', id } : { type: 'edit', id, message: this.text() });
  }

  protected text(): string {
    const { random } = this;
    const long = this.circumstances.isVerbose ? 1 : 0.03;
    const length = random.chance(long) ? random.whole(1_000, 3_800) : random.whole(0, 120);
    const marker = newMarker(random);
    // The marker stands at both ends: a long text spans several pages of a file.

    return `${this.username} ${++this.texts} ${marker} ${random.pick(LETTERS).repeat(length)} ${marker}.`;
  }
}
