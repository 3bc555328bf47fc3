import type { Memory } from '../memory/storage.js';

/** Owns what is being written: a new message, kept over reloads, or the new text of an old one. */
export class Draft {
  text: string;
  /** The message that is being edited. */
  editing: number | undefined;
  problem = '';
  /** What was being written when the editing began. */
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

  /** The text was sent, or saved, or given up. */
  done(): void {
    const next = this.editing === undefined ? '' : this.aside;
    this.editing = undefined;
    this.aside = '';
    this.write(next);
  }
}
