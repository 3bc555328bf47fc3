import type { ChatClient } from '@chat-system/client';
import { becomesLive } from './connect.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { LineEditor } from './line-editor.js';
import { Room } from './room.js';
import type { Terminal } from './terminal.js';

/** `chat join`: messages above, the line being typed below. */
export async function join(chat: ChatClient, terminal: Terminal, signal: AbortSignal): Promise<ExitCode> {
  const { texts, options, format } = terminal;
  const editor = new LineEditor();
  const ended = new Promise<void>((resolve) => editor.onEnd(resolve));
  const leaving = new AbortController();
  const room = new Room(chat, terminal, (text) => editor.print(format.notice(text)));
  let code = EXIT.DONE as ExitCode;
  const leave = (reason: ExitCode) => {
    code = reason;
    leaving.abort();
    editor.close();
  };
  editor.onKey(() => chat.typing());
  editor.onInterrupt(() => leave(EXIT.INTERRUPTED));
  editor.onLine((line) => (line.trim() === '/quit' ? editor.close() : room.handle(line)));
  signal.addEventListener('abort', () => leave(EXIT.INTERRUPTED));
  editor.print(format.notice(texts.connecting(options.url)));
  const showing = show(chat, terminal, editor, leaving.signal).finally(() => {
    if (!leaving.signal.aborted) leave(EXIT.REFUSED);
  });
  await ended;
  process.stdout.write('\n');
  if (code === EXIT.REFUSED) {
    await showing;
    return terminal.failed(chat);
  }
  // Messages typed before Ctrl-D are still sent.
  if (code === EXIT.DONE) await room.settled(options.timeoutSeconds);
  leaving.abort();
  terminal.tellUnanswered(chat, room.unconfirmed);
  return code === EXIT.DONE && room.unconfirmed > 0 ? EXIT.UNREACHABLE : code;
}

/** Prints messages until the server refuses or the signal aborts. */
async function show(chat: ChatClient, terminal: Terminal, editor: LineEditor, signal: AbortSignal): Promise<void> {
  const { texts, options, format } = terminal;
  if (!(await becomesLive(chat, 0, signal))) return;
  const { username, userCount, lastId = 0 } = chat.getSnapshot();
  editor.print(format.notice(texts.connected(username, userCount!)));
  const after = options.after ?? Math.max(0, lastId - options.last);
  for await (const message of chat.messages({ after, signal })) editor.print(format.message(message));
}
