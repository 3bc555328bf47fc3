import { once } from 'node:events';
import type { ChatClient } from '@chat-system/client';
import { EXIT, type ExitCode } from './exit-code.js';
import { Format } from './format.js';
import { jsonLine, neutralLine } from './neutral.js';
import { whyOf } from './notices.js';
import type { Options } from './options.js';
import type { Texts } from './texts.js';

/** Where output goes: messages to standard output, all else to standard error. Waits for whoever reads. */
export class Terminal {
  readonly format: Format;

  constructor(
    readonly options: Options,
    readonly texts: Texts,
    { NO_COLOR, TERM }: NodeJS.ProcessEnv,
  ) {
    this.format = new Format(process.stdout.isTTY && !NO_COLOR && TERM !== 'dumb', texts.deletedText);
  }

  async print(text: string): Promise<void> {
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  }

  printJson(value: object): Promise<void> {
    return this.print(jsonLine(value));
  }

  tell(text: string): void {
    process.stderr.write(`${neutralLine(text)}\n`);
  }

  /** Says what became of so many messages without an answer. Before the first `welcome` none of them was sent. */
  tellUnanswered(chat: ChatClient, count: number): void {
    const { limits } = chat.getSnapshot();
    if (count > 0) this.tell(limits ? this.texts.unconfirmed(count) : this.texts.unsent(count));
  }

  /** Says why there is no connection; returns what to end with. */
  failed(chat: ChatClient): ExitCode {
    const { state, reason } = chat.getSnapshot();
    const why = whyOf(reason, this.texts);
    this.tell(state === 'ended' ? this.texts.ended(why) : this.texts.unreachable(this.options.url, why));
    return state === 'ended' ? EXIT.REFUSED : EXIT.UNREACHABLE;
  }
}
