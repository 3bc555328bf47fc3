import type { V1Out } from '../src/chat/protocol/frames';
import type { History, V1Feed } from './history';
import type { Random } from './random';
import { SocketClient } from './socket-client';
import type { Where } from './where';

/** A v1 client: receives messages without ids while it is connected. */
export class V1Reader extends SocketClient {
  constructor(
    where: Where,
    random: Random,
    private readonly history: History,
    private readonly feed: V1Feed,
  ) {
    super(where, random, []);
  }

  protected opened(): void {
    this.feed.sessions.push([]);
  }

  protected received(frame: V1Out[keyof V1Out]): void {
    if (frame.type !== 'chat_message') return;
    const { username, message, timestamp } = frame;
    this.feed.sessions.at(-1)!.push({ username, message: this.history.shared(message), timestamp });
  }
}
