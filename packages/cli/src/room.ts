import type { ChatClient, ChatError } from '@chat-system/client';
import { noticeLosses, wordsOf } from './notices.js';
import type { Terminal } from './terminal.js';

/** Handles the input and the notices of an interactive session; messages are printed elsewhere. */
export class Room {
  private readonly sending = new Set<Promise<void>>();
  private users: readonly string[] | undefined;

  constructor(
    private readonly chat: ChatClient,
    private readonly terminal: Terminal,
    private readonly say: (text: string) => void,
  ) {
    const { texts } = terminal;
    chat.on('presence', ({ users }) => this.present(users));
    chat.on('change', (change) => say(wordsOf(change, texts)));
    chat.on('reset', ({ after }) => say(texts.reset(after)));
    noticeLosses(chat, texts, say);
  }

  /** Number of unanswered messages. */
  get unconfirmed(): number {
    return this.sending.size;
  }

  handle(line: string): void {
    const { texts } = this.terminal;
    if (line.trim() === '') return;
    if (!line.startsWith('/') || line.startsWith('//')) this.send(line.replace(/^\/\//, '/'));
    else if (line.trim() === '/help') this.say(texts.help);
    else if (line.trim() === '/who') this.say(this.who());
    else this.say(texts.unknownCommand(line.split(' ')[0]!));
  }

  /** Resolves once every message is answered, or after `seconds`; 0: no limit. */
  async settled(seconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      if (seconds > 0) timer = setTimeout(resolve, seconds * 1000);
    });
    await Promise.race([Promise.all(this.sending), late]);
    clearTimeout(timer);
  }

  private who(): string {
    const { state, users, userCount } = this.chat.getSnapshot();
    const { texts } = this.terminal;
    // Presence is stale while disconnected.
    if (state !== 'live' && state !== 'catching-up') return texts.noConnection;
    return users ? texts.who(users.join(', ')) : texts.whoCount(userCount!);
  }

  private send(text: string): void {
    const { texts } = this.terminal;
    if (this.chat.getSnapshot().state !== 'live') this.say(texts.pending(text));
    const one: Promise<void> = this.chat.send(text).then(
      () => void this.sending.delete(one),
      (error: unknown) => {
        const { code, message } = error as ChatError;
        // Closed without an answer: reported at the end.
        if (code === 'CLOSED') return;
        this.sending.delete(one);
        this.say(texts.notSent(message));
      },
    );
    this.sending.add(one);
  }

  private present(users: readonly string[] | undefined): void {
    const { texts } = this.terminal;
    const own = this.chat.getSnapshot().username;
    const before = this.users;
    this.users = users;
    if (!users || !before) return;
    const other = (name: string, list: readonly string[]) => name !== own && !list.includes(name);
    for (const name of users.filter((one) => other(one, before))) this.say(texts.joined(name));
    for (const name of before.filter((one) => other(one, users))) this.say(texts.left(name));
  }
}
