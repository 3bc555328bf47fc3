import type { Memory } from '../memory/storage.js';

/** Owns the text being written: a new message, kept across reloads, or the new text of an old one. */
export class Draft {
  text: string;
  /** The message that is being edited. */
  editing: number | undefined;
  problem = '';
  /** Draft of the new message, set aside during an edit. */
  private aside = '';

  constructor(private readonly memory: Memory) {
    this.text = memory.get('draft');
  }

  write(text: string): void {
    this.text = text;
    this.problem = '';
    if (this.editing === undefined) this.memory.set('draft', text);
  }

  edit(id: number, text: string): void {
    if (this.editing === undefined) this.aside = this.text;
    this.editing = id;
    this.text = text;
    this.problem = '';
  }

  /** The text was sent, saved or discarded. */
  done(): void {
    const next = this.editing === undefined ? '' : this.aside;
    this.editing = undefined;
    this.aside = '';
    this.write(next);
  }
}
