import type { V2Out } from '../../src/chat/protocol/frames';
import type { Random } from '../random';
import { SocketClient } from '../socket-client';
import type { PresenceRecord, Watch } from './presence-record';

/** Watches who comes and goes on one server, past everything that is broken on the way to it. */
export class Watcher extends SocketClient {
  /** Of the connection that is open and welcomed. */
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
        // With so few users it always names them.
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
