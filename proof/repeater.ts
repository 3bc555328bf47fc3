import type { Feed, History } from './history';
import type { Random } from './random';
import { V2Client } from './v2-client';
import type { Where } from './where';

export interface Repeat {
  readonly clientId: string;
  readonly message: string;
}

/** Sends messages again that were acknowledged long ago. */
export class Repeater extends V2Client {
  /** Outstanding answers. */
  missing: number;

  constructor(
    where: Where,
    random: Random,
    history: History,
    feed: Feed,
    private readonly repeats: readonly Repeat[],
  ) {
    super(where, random, history, feed, undefined);
    this.missing = repeats.length;
  }

  protected override welcomed(): void {
    this.missing = this.repeats.length;
    for (const { clientId, message } of this.repeats) {
      this.history.sent(this.session!, clientId, message);
      this.send({ type: 'chat_message', client_id: clientId, message });
    }
  }

  protected override answered(): void {
    this.missing--;
  }
}
