import type { PresenceReplication } from './presence-replication';
import type { Connection } from '../sessions/connection';
import type { Roster } from './roster';

/** Maximum names per connection; the least recently used one is dropped. */
const MAX_NAMES_PER_CONNECTION = 32;

/**
 * Who is present on this replica: a user is while at least one connection uses the name. Owns the names of connections; must not
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

  /** The connection is told of joins and leaves from now on. `own`: it is given the list, which has its own name in it. */
  follow(connection: Connection, own?: { readonly name: string | undefined }): void {
    this.roster.follow(connection, own);
  }

  /** The connection uses a name. @returns whether the user was not present before, on any replica */
  join(connection: Connection, username: string): boolean {
    if (connection.newestName === username) return false;
    connection.newestName = username;
    const names = (connection.names ??= new Set());
    if (names.delete(username)) {
      names.add(username);
      return false;
    }
    if (names.size >= MAX_NAMES_PER_CONNECTION) {
      const [oldest] = names;
      names.delete(oldest!);
      this.roster.keep(oldest!);
      this.leave(oldest!);
    }
    names.add(username);
    const others = this.users.get(username) ?? 0;
    this.users.set(username, others + 1);
    if (others > 0) return false;
    this.replication.changed(username, true);
    return this.roster.add([username]).length > 0;
  }

  /** The connection is gone, and its names with it. */
  leaveAll(connection: Connection): void {
    for (const username of connection.names ?? []) this.leave(username);
    connection.names = undefined;
  }

  /** A user who is present types; passed on at most once a second. */
  type(connection: Connection, username: string): void {
    if (this.roster.type(username, connection)) this.replication.typed(username);
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
