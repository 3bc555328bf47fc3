import { Broken } from './verdict';
import type { Transcript } from './transcript';

export interface StreamEvent {
  readonly event: string;
  readonly id: string;
  readonly data: string;
}

/** A hand-written reader of Server-Sent Events: an EventSource would hide interference by a proxy. */
export class EventStream {
  private text = '';
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private readonly decoder = new TextDecoder();
  private pending: Promise<{ value?: Uint8Array; done: boolean }> | undefined;

  constructor(
    readonly answer: Response,
    private readonly transcript: Transcript,
    private readonly timeoutMs: number,
  ) {
    this.reader = answer.body!.getReader();
  }

  /** The next event that matches. */
  async expect(what: string, matches: (event: StreamEvent) => boolean): Promise<StreamEvent> {
    const deadline = performance.now() + this.timeoutMs;
    for (;;) {
      const event = this.take();
      if (event && matches(event)) return event;
      if (!event && !(await this.more(deadline - performance.now()))) {
        throw new Broken(`no ${what} on the event stream within ${this.timeoutMs / 1000} s`);
      }
    }
  }

  /** Whether a comment line arrives within `mostMs`. */
  async hasComment(mostMs: number): Promise<boolean> {
    const deadline = performance.now() + mostMs;
    while (!/^:/m.test(this.text)) {
      if (!(await this.more(deadline - performance.now()))) return false;
    }
    return true;
  }

  /** Removes and returns the first complete event, without comments. */
  private take(): StreamEvent | undefined {
    const end = this.text.indexOf('\n\n');
    if (end === -1) return undefined;
    const lines = this.text.slice(0, end).split('\n');
    this.text = this.text.slice(end + 2);
    const field = (name: string) =>
      lines
        .filter((line) => line.startsWith(`${name}:`))
        .map((line) => line.slice(name.length + 1).replace(/^ /, ''))
        .join('\n');
    return { event: field('event'), id: field('id'), data: field('data') };
  }

  private async more(mostMs: number): Promise<boolean> {
    if (mostMs <= 0) return false;
    this.pending ??= this.reader.read();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), mostMs)));
    const part = await Promise.race([this.pending, late]);
    clearTimeout(timer);
    if (!part) return false;
    this.pending = undefined;
    if (part.done) return false;
    const text = this.decoder.decode(part.value, { stream: true });
    this.transcript.add(0, '<', JSON.stringify(text));
    this.text += text;
    return true;
  }
}
