import type { Texts } from '../texts/de.js';

/** Minimum interval between two announcements, in milliseconds: a screen reader that never pauses is unusable. */
const PAUSE_MS = 3_000;
/** Maximum characters of a message that are read out. */
const MAX_READ = 200;

/** Owns the announcements for screen readers: a single message is read out, several are counted. */
export class Announcer {
  text = '';
  private waiting: { readonly name: string; readonly text: string }[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private before = 0;

  constructor(
    private readonly texts: () => Texts,
    private readonly changed: () => void,
  ) {}

  message(name: string, text: string): void {
    this.waiting = [...this.waiting.slice(-1_000), { name, text }];
    this.timer ??= setTimeout(() => this.flush(), Math.max(300, this.before + PAUSE_MS - Date.now()));
  }

  /** Announces a text at once. */
  say(text: string): void {
    if (text === this.text) return;
    this.text = text;
    this.changed();
  }

  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting = [];
  }

  private flush(): void {
    const [first] = this.waiting;
    const count = this.waiting.length;
    this.end();
    this.before = Date.now();
    if (!first) return;
    const texts = this.texts();
    this.say(count === 1 ? texts.said(first.name, first.text.slice(0, MAX_READ)) : texts.unread(count));
  }
}
