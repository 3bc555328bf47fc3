import type { V2Out } from '../../src/chat/protocol/frames';
import type { Random } from '../random';
import { SocketClient } from '../socket-client';
import type { PresenceRecord, Stay } from './presence-record';

/** A user who is present on one server until the connection breaks, and never returns. */
export class Resident extends SocketClient {
  private readonly stay: Stay;
  private isRefused = false;

  constructor(port: number, random: Random, username: string, record: PresenceRecord) {
    super(() => port, random, ['chat.v2']);
    this.stay = { username, since: Infinity, until: Infinity };
    record.stays.push(this.stay);
  }

  protected opened(): void {
    this.socket!.send(JSON.stringify({ type: 'hello', username: this.stay.username }));
  }

  protected override closed(): void {
    super.closed();
    if (this.isRefused) {
      this.isRefused = false;
      return;
    }
    this.stay.until = performance.now();
    this.isStopped = true;
  }

  protected received(frame: V2Out[keyof V2Out]): void {
    if (frame.type === 'welcome') this.stay.since = performance.now();
    else if (frame.type === 'error' && this.stay.since === Infinity) {
      // The database did not answer: the user was never present, and tries again.
      this.isRefused = true;
      this.cut();
    }
  }
}
