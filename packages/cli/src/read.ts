import type { ChatClient } from '@chat-system/client';
import { becomesLive } from './connect.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { noticeLosses, wordsOf } from './notices.js';
import type { Terminal } from './terminal.js';

/** `chat read`: from the requested position to the newest message, or following without end. */
export async function read(chat: ChatClient, terminal: Terminal, signal: AbortSignal): Promise<ExitCode> {
  const { options, format } = terminal;
  const { isJson, isFollowing, timeoutSeconds } = options;
  if (isFollowing) follow(chat, terminal);
  // With `--follow` there is no timeout: the server may be restarting.
  const isLive = await becomesLive(chat, isFollowing ? 0 : timeoutSeconds, signal);
  if (!isLive) return signal.aborted ? EXIT.DONE : terminal.failed(chat);
  const newest = chat.getSnapshot().lastId ?? 0;
  const after = options.after ?? Math.max(0, newest - options.last);
  if (!isFollowing && after >= newest) return EXIT.DONE;
  const late = new AbortController();
  // Off while printing: a slow reader of the output is not a timeout.
  const expect = () =>
    isFollowing || timeoutSeconds === 0 ? undefined : setTimeout(() => late.abort(), timeoutSeconds * 1000).unref();
  let timer = expect();
  for await (const message of chat.messages({ after, signal: AbortSignal.any([signal, late.signal]) })) {
    clearTimeout(timer);
    await (isJson ? terminal.printJson({ type: 'message', ...message }) : terminal.print(format.message(message)));
    if (!isFollowing && message.id >= newest) return EXIT.DONE;
    timer = expect();
  }
  return signal.aborted ? EXIT.DONE : terminal.failed(chat);
}

function follow(chat: ChatClient, terminal: Terminal): void {
  const { texts, format, options } = terminal;
  const tell = (event: object, words: string) =>
    void (options.isJson ? terminal.printJson(event) : terminal.print(format.notice(words)));
  chat.on('change', (change) => tell({ type: 'change', ...change }, wordsOf(change, texts)));
  chat.on('reset', ({ after }) => tell({ type: 'reset', after }, texts.reset(after)));
  noticeLosses(chat, texts, (text) => terminal.tell(text));
}
