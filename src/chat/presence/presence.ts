import type { PresenceReplication } from './presence-replication';
import type { Session } from '../sessions/session';
import type { Roster } from './roster';

/**
 * The users present on this replica, each while at least one connection uses the name. Owns the names of connections; must not
 * know the other replicas, whose users the roster adds.
 */
export class Presence {
  /** Number of connections by name. */
  private readonly users = new Map<string, number>();

  constructor(
    private readonly roster: Roster,
    private readonly replication: PresenceReplication,
  ) {}

  /** Users present on all replicas. */
  get count(): number {
    return this.roster.count;
  }

  /** Their names as a JSON array, sorted; at most 1,000 beyond `MAX_PRESENT_NAMES`. */
  get list(): string {
    return this.roster.list;
  }

  /** Sends joins and leaves to the session from now on. `own`: the session also receives the list, with its own name in it. */
  follow(session: Session, own?: { readonly name: string | undefined }): void {
    this.roster.follow(session, own);
  }

  /** The session uses a name. @returns whether the user was not present before, on any replica */
  join(session: Session, username: string): boolean {
    if (!session.useName(username)) return false;
    const dropped = session.dropExcessName();
    if (dropped !== undefined) {
      this.roster.keep(dropped);
      this.leave(dropped);
    }
    const others = this.users.get(username) ?? 0;
    this.users.set(username, others + 1);
    if (others > 0) return false;
    this.replication.changed(username, true);
    return this.roster.add([username]).length > 0;
  }

  /** The session gives up all its names. */
  leaveAll(session: Session): void {
    for (const username of session.names) this.leave(username);
    session.clearNames();
  }

  /** Passes on a typing indicator of a present user, at most once a second. */
  type(session: Session, username: string): void {
    if (this.roster.type(username, session)) this.replication.typed(username);
  }

  private leave(username: string): void {
    const others = this.users.get(username)! - 1;
    if (others > 0) {
      this.users.set(username, others);
      return;
    }
    this.users.delete(username);
    this.replication.changed(username, false);
    this.roster.remove([username]);
  }
}
