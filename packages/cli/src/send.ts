import { setMaxListeners } from 'node:events';
import { createInterface } from 'node:readline';
import { text as allOf } from 'node:stream/consumers';
import { type ChatClient, ChatError } from '@chat-system/client';
import { EXIT, type ExitCode } from './exit-code.js';
import type { Options } from './options.js';
import type { Terminal } from './terminal.js';

/** Maximum messages in flight: enough for one batch of the server, fewer than the client's `maxPending`. */
const MOST_ON_THE_WAY = 50;
/** Interval of the check for progress, in milliseconds. */
const WATCH_MS = 100;

/** `chat send`: each text is stored once, in order. Ends once all are confirmed or refused, or on a timeout without progress. */
export async function send(chat: ChatClient, terminal: Terminal, signal: AbortSignal): Promise<ExitCode> {
  const { options, texts } = terminal;
  const sending = new Sending(chat, terminal, signal);
  let count = 0;
  for await (const message of messagesOf(options, sending.leaving)) {
    await sending.add(message, ++count);
    if (sending.leaving.aborted) break;
  }
  await sending.finish();
  terminal.tellUnanswered(chat, sending.unconfirmed);
  if (signal.aborted) return EXIT.DONE;
  if (sending.leaving.aborted) return terminal.failed(chat);
  if (count === 0) terminal.tell(texts.empty);
  return sending.refused > 0 || count === 0 ? EXIT.REFUSED : EXIT.DONE;
}

/** Owns the messages in flight, and counts outcomes. */
class Sending {
  refused = 0;
  unconfirmed = 0;
  readonly leaving: AbortSignal;
  private readonly onTheWay = new Set<Promise<void>>();
  private movedAt = Date.now();
  private readonly watch: NodeJS.Timeout;

  constructor(
    private readonly chat: ChatClient,
    private readonly terminal: Terminal,
    signal: AbortSignal,
  ) {
    const stalled = new AbortController();
    this.leaving = AbortSignal.any([signal, stalled.signal]);
    // One listener per message in flight.
    setMaxListeners(0, this.leaving);
    const { timeoutSeconds } = terminal.options;
    this.watch = setInterval(() => {
      if (this.onTheWay.size === 0) this.movedAt = Date.now();
      const isLate = timeoutSeconds > 0 && Date.now() - this.movedAt > timeoutSeconds * 1000;
      if (isLate || chat.getSnapshot().state === 'ended') stalled.abort();
    }, WATCH_MS);
  }

  /** Resolves when another message may be sent. */
  async add(message: string, number: number): Promise<void> {
    const one: Promise<void> = this.send(message, number).finally(() => this.onTheWay.delete(one));
    this.onTheWay.add(one);
    if (this.onTheWay.size >= MOST_ON_THE_WAY) await Promise.race(this.onTheWay);
  }

  async finish(): Promise<void> {
    await Promise.all(this.onTheWay);
    clearInterval(this.watch);
  }

  private async send(message: string, number: number): Promise<void> {
    const { options, texts } = this.terminal;
    try {
      const { id, clientId, timestamp } = await this.chat.send(message, { signal: this.leaving });
      this.movedAt = Date.now();
      if (options.isJson) await this.terminal.printJson({ type: 'sent', id, client_id: clientId, timestamp });
    } catch (error) {
      this.movedAt = Date.now();
      if (this.leaving.aborted) {
        this.unconfirmed++;
        return;
      }
      this.refused++;
      const why = error instanceof ChatError ? error.message : String(error);
      this.terminal.tell(options.text === undefined ? texts.lineNotSent(number, why) : texts.notSent(why));
    }
  }
}

/** Yields the messages to send; blank lines are skipped. */
async function* messagesOf({ text, isWhole }: Options, signal: AbortSignal): AsyncGenerator<string> {
  if (text !== undefined) {
    yield text;
  } else if (isWhole) {
    signal.addEventListener('abort', () => process.stdin.destroy());
    const whole = withoutBom(await allOf(process.stdin).catch(() => ''));
    if (whole.trim() !== '') yield whole.replace(/\n$/, '');
  } else {
    let isFirst = true;
    for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity, signal })) {
      const message = isFirst ? withoutBom(line) : line;
      isFirst = false;
      if (message.trim() !== '') yield message;
    }
  }
}

/** PowerShell and Windows editors prefix text with a byte order mark. */
function withoutBom(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
