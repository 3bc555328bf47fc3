/** Places in the shared control words; each counts requests or replies, and is what the other side waits on. */
const REQUESTS = 0;
const REPLIES = 1;
const LENGTH = 2;
const CONTROL_WORDS = 4;
/** `Buffer.write` stops before a character that does not fit. */
const MAX_BYTES_OF_A_CHARACTER = 4;
const CONTROL_BYTES = CONTROL_WORDS * Int32Array.BYTES_PER_ELEMENT;

/**
 * One request at a time from the main thread to the writer thread, and its reply, as text in shared memory. The writer sleeps
 * in the kernel until it is asked: two threads that wake each other this way cost half of what two message ports do, and
 * with one message a transaction that is what a message costs. It must not know what the texts say.
 */
export class WriterChannel {
  private readonly control: Int32Array;
  private readonly text: Buffer;

  constructor(readonly memory: SharedArrayBuffer) {
    this.control = new Int32Array(memory, 0, CONTROL_WORDS);
    this.text = Buffer.from(memory, CONTROL_BYTES);
  }

  /** @param maxBytes the longest text, in bytes of UTF-8; memory that is never written to costs nothing */
  static create(maxBytes: number): WriterChannel {
    return new WriterChannel(new SharedArrayBuffer(CONTROL_BYTES + maxBytes));
  }

  /** The main thread's side: resolves with the reply. The thread must not be asked again before. */
  async ask(request: string): Promise<string> {
    const replies = Atomics.load(this.control, REPLIES);
    this.post(REQUESTS, request);
    await Atomics.waitAsync(this.control, REPLIES, replies).value;
    return this.read();
  }

  /** The writer's side: sleeps until there is a request, or nothing was asked for so long (in milliseconds). */
  next(idleMs: number): string | undefined {
    const handled = Atomics.load(this.control, REPLIES);
    return Atomics.wait(this.control, REQUESTS, handled, idleMs) === 'timed-out' ? undefined : this.read();
  }

  /** The writer's side: answers the request it got. */
  reply(text: string): void {
    this.post(REPLIES, text);
  }

  private post(place: number, text: string): void {
    const length = this.text.write(text);
    if (length > this.text.length - MAX_BYTES_OF_A_CHARACTER) throw new RangeError('longer than the shared memory');
    this.control[LENGTH] = length;
    Atomics.add(this.control, place, 1);
    Atomics.notify(this.control, place);
  }

  private read(): string {
    return this.text.toString('utf8', 0, this.control[LENGTH]);
  }
}
