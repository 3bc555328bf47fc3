import { once } from 'node:events';
import type { ChatClient } from '@chat-system/client';
import { EXIT, type ExitCode } from './exit-code.js';
import { Format } from './format.js';
import { jsonLine, neutralLine } from './neutral.js';
import { whyOf } from './notices.js';
import type { Options } from './options.js';
import type { Texts } from './texts.js';

/** Writes messages to standard output, everything else to standard error. Honours backpressure of standard output. */
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

  /** Reports the outcome of `count` unanswered messages. Before the first `welcome`, none was sent. */
  tellUnanswered(chat: ChatClient, count: number): void {
    const { limits } = chat.getSnapshot();
    if (count > 0) this.tell(limits ? this.texts.unconfirmed(count) : this.texts.unsent(count));
  }

  /** Reports why there is no connection; returns the exit code. */
  failed(chat: ChatClient): ExitCode {
    const { state, reason } = chat.getSnapshot();
    const why = whyOf(reason, this.texts);
    this.tell(state === 'ended' ? this.texts.ended(why) : this.texts.unreachable(this.options.url, why));
    return state === 'ended' ? EXIT.REFUSED : EXIT.UNREACHABLE;
  }
}
