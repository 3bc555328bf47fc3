import type { Changed, Claim, Event, Feed, Gap, Session, Told } from '../history';
import type { Stored } from '../stored';
import type { MessageStates } from './message-states';
import { violation, type Violation } from './violation';

/**
 * Each reader saw the stored messages in id order over all its connections, without gaps or repeats, each in a state that it once
 * had, and ends with the newest state of all of them.
 */
export function checkFeed(feed: Feed, stored: Stored, states: MessageStates): Violation[] {
  const reading = new Reading(feed, stored, states);
  feed.sessions.forEach((session) => reading.follow(session));
  if (feed.isComplete) reading.end();
  return reading.violations;
}

/** Replays the record of one reader, event by event. */
class Reading {
  readonly violations: Violation[] = [];
  private connection = 0;
  private cursor: number | undefined;
  /** All changes up to this one are checked; undefined until the reader knows where its feed of changes began. */
  private checkedChange: number | undefined;
  /** The newest change delivered on this connection, or its starting point. */
  private lastChange = 0;
  /** The newest change in the state of each message; 0: none. */
  private readonly states = new Map<number, number>();
  private readonly newestOf: ReadonlyMap<number, number>;

  constructor(
    private readonly feed: Feed,
    private readonly stored: Stored,
    private readonly known: MessageStates,
  ) {
    this.newestOf = new Map(stored.changes.map(({ id, messageId }) => [messageId, id]));
  }

  follow(session: Session): void {
    const { after, afterChange, lastId } = session;
    this.connection++;
    this.cursor ??= after ?? lastId;
    this.checkedChange ??= afterChange;
    this.lastChange = afterChange ?? 0;
    const known = Math.max(session.known, after ?? 0);
    if (lastId !== undefined && lastId < known) {
      this.add(
        'went-back',
        `welcome says ${lastId}, but this server, or another to this reader, had delivered ${known}`,
      );
    }
    for (const event of session.events) if (this.cursor !== undefined) this.cursor = this.step(event, this.cursor);
  }

  end(): void {
    const lastId = this.stored.rows.at(-1)?.id ?? 0;
    if (this.cursor !== lastId) {
      this.violations.push(
        violation('incomplete', `${this.feed.name} ends at message ${this.cursor ?? 'none'} of ${lastId}`),
      );
    }
    this.checkUpTo(this.stored.changes.length, lastId, 'at the end');
  }

  /** Returns the cursor after the event. */
  private step(event: Event, cursor: number): number {
    switch (event.kind) {
      case 'message':
        this.checkPlace(event.id, cursor);
        this.checkState(event);
        this.states.set(event.id, event.change_id ?? 0);
        return event.id;
      case 'changed':
        this.checkChange(event, cursor);
        this.states.set(event.id, event.change_id);
        this.lastChange = event.change_id;
        return cursor;
      case 'gap':
        this.checkPlace(event.from, cursor);
        this.checkFetched(event);
        return event.to;
      case 'cursor':
        this.checkClaim(event, cursor);
        return cursor;
      default:
        return cursor;
    }
  }

  private checkPlace(id: number, cursor: number): void {
    if (id > cursor + 1) this.add('gap', `message ${id} follows ${cursor}`);
    if (id <= cursor) this.add('repeated', `message ${id} follows ${cursor}`);
  }

  private checkState(told: Told): void {
    if (this.known.isTold(told)) return;
    const change = told.change_id === undefined ? '' : ` with change ${told.change_id}`;
    this.add('altered', `message ${told.id}${change} differs from the stored one`);
  }

  private checkChange(event: Changed, cursor: number): void {
    const { id, change_id } = event;
    if (id > cursor) this.add('change-early', `change ${change_id} of message ${id} follows message ${cursor}`);
    if (change_id <= this.lastChange) this.add('change-order', `change ${change_id} follows ${this.lastChange}`);
    this.checkState(event);
  }

  private checkFetched({ from, to, fetched }: Gap): void {
    if (fetched?.length !== to - from + 1 || !fetched.every((message, i) => message.id === from + i)) {
      this.add('gap', `REST did not return ${from}–${to} of a gap`);
      return;
    }
    for (const message of fetched) {
      this.checkState(message);
      // The fetched state may be newer than the frames that followed the gap.
      this.states.set(message.id, Math.max(message.change_id ?? 0, this.states.get(message.id) ?? 0));
    }
  }

  private checkClaim({ of, lastId, lastChange }: Claim, cursor: number): void {
    if (lastId !== cursor) this.add('cursor', `${of} says ${lastId} after message ${cursor}`);
    if (lastChange === undefined || lastChange < this.lastChange) {
      this.add('cursor', `${of} says change ${lastChange} after change ${this.lastChange}`);
      return;
    }
    this.lastChange = lastChange;
    this.checkUpTo(lastChange, cursor, `${of} says change ${lastChange}`);
  }

  /** Superseded changes need not be delivered if the newer one is. */
  private checkUpTo(lastChange: number, cursor: number, claim: string): void {
    const { changes } = this.stored;
    if (lastChange > changes.length) this.add('cursor', `${claim}, but ${changes.length} are stored`);
    if (this.checkedChange === undefined) this.checkedChange = lastChange;
    for (; this.checkedChange < lastChange; this.checkedChange++) {
      const change = changes[this.checkedChange];
      if (!change) continue;
      const { id, messageId } = change;
      if (this.newestOf.get(messageId)! > lastChange) continue;
      if (messageId > cursor) this.add('change-early', `${claim}, but has message ${cursor} only`);
      else if ((this.states.get(messageId) ?? 0) < id) {
        const has = this.states.get(messageId) ?? 'none';
        this.add('forgotten', `${claim}, but message ${messageId} has change ${has} instead of ${id}`);
      }
    }
  }

  private add(kind: string, evidence: string): void {
    this.violations.push(violation(kind, `${this.feed.name}, connection ${this.connection}: ${evidence}`));
  }
}
