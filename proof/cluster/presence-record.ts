/** What was seen of who comes and goes. All times are this process's, in milliseconds. */
export interface PresenceEvent {
  readonly at: number;
  readonly kind: 'joined' | 'left';
  readonly username: string;
}

/** One connection of somebody who watches one server. */
export interface Watch {
  readonly server: string;
  readonly since: number;
  until: number;
  /** Who was present by the server's welcome. */
  readonly present: readonly string[];
  readonly events: PresenceEvent[];
}

/** A user with one connection to one server, who never comes back. */
export interface Stay {
  readonly username: string;
  since: number;
  until: number;
}

export class PresenceRecord {
  readonly watches: Watch[] = [];
  readonly stays: Stay[] = [];
  /** From then on nothing is judged. */
  endedAt = Infinity;
  /** When servers could not hear each other. */
  readonly troubles: { readonly from: number; to: number }[] = [];

  /** Servers do not hear each other until the function it gives is called. */
  trouble(): () => void {
    const trouble = { from: performance.now(), to: Infinity };
    this.troubles.push(trouble);
    return () => (trouble.to = performance.now());
  }
}

/** Who was present at a moment, by what this one was told until then. */
export function presentAt({ present, events }: Watch, moment: number): Set<string> {
  const users = new Set(present);
  for (const { at, kind, username } of events) {
    if (at > moment) break;
    if (kind === 'joined') users.add(username);
    else users.delete(username);
  }
  return users;
}
