/** Observed joins and leaves. All times are this process's, in milliseconds. */
export interface PresenceEvent {
  readonly at: number;
  readonly kind: 'joined' | 'left';
  readonly username: string;
}

/** One connection of a watcher to one server. */
export interface Watch {
  readonly server: string;
  readonly since: number;
  until: number;
  /** The users in `welcome`. */
  readonly present: readonly string[];
  readonly events: PresenceEvent[];
}

/** A user with one connection to one server, who never returns. */
export interface Stay {
  readonly username: string;
  since: number;
  until: number;
}

export class PresenceRecord {
  readonly watches: Watch[] = [];
  readonly stays: Stay[] = [];
  /** Events after this time are not judged. */
  endedAt = Infinity;
  /** Periods in which servers could not reach each other, in milliseconds. */
  readonly outages: { readonly from: number; to: number }[] = [];

  /** Begins an outage; the returned function ends it. */
  beginOutage(): () => void {
    const outage = { from: performance.now(), to: Infinity };
    this.outages.push(outage);
    return () => (outage.to = performance.now());
  }
}

/** Users present at a moment, by the frames that this watcher had received. */
export function presentAt({ present, events }: Watch, moment: number): Set<string> {
  const users = new Set(present);
  for (const { at, kind, username } of events) {
    if (at > moment) break;
    if (kind === 'joined') users.add(username);
    else users.delete(username);
  }
  return users;
}
