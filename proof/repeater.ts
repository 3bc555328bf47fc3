import type { Feed, History } from './history';
import type { Random } from './random';
import type { Request } from './request';
import { V2Client } from './v2-client';
import type { Where } from './where';

export interface Repeat {
  readonly clientId: string;
  readonly request: Request;
}

/** Sends messages and changes again that were acknowledged long ago. */
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
    for (const { clientId, request } of this.repeats) this.request(clientId, request);
  }

  protected override answered(): void {
    this.missing--;
  }
}
