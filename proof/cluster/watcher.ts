import type { V2Out } from '../../src/chat/protocol/frames';
import type { Random } from '../random';
import { SocketClient } from '../socket-client';
import type { PresenceRecord, Watch } from './presence-record';

/** Records joins and leaves on one server, over a connection that no fault touches. */
export class Watcher extends SocketClient {
  /** The record of the current connection, once it has its `welcome`. */
  watch: Watch | undefined;

  constructor(
    port: number,
    random: Random,
    private readonly server: string,
    private readonly record: PresenceRecord,
  ) {
    super(() => port, random, ['chat.v2']);
  }

  protected opened(): void {
    this.socket!.send(JSON.stringify({ type: 'hello' }));
  }

  protected override closed(): void {
    super.closed();
    if (this.watch) this.watch.until = performance.now();
    this.watch = undefined;
  }

  protected received(frame: V2Out[keyof V2Out]): void {
    const at = performance.now();
    switch (frame.type) {
      case 'welcome':
        this.begin(at, frame.users);
        break;
      case 'presence':
        if (this.watch) this.watch.until = at;
        // With few users, `presence` always has names.
        this.begin(at, frame.users!);
        break;
      case 'user_joined':
        this.watch?.events.push({ at, kind: 'joined', username: frame.username });
        break;
      case 'user_left':
        this.watch?.events.push({ at, kind: 'left', username: frame.username });
        break;
    }
  }

  private begin(at: number, present: readonly string[]): void {
    this.watch = { server: this.server, since: at, until: Infinity, present, events: [] };
    this.record.watches.push(this.watch);
  }
}
