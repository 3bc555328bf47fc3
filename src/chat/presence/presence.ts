import { Injectable } from '@nestjs/common';
import { PresenceReplication } from './presence-replication';
import type { Connection } from '../sessions/connection';
import { Roster } from './roster';

/** Names one connection can be present under; the one it used longest ago makes room. */
const MAX_NAMES_PER_CONNECTION = 32;

/** Who is present on this replica: a user is, as long as at least one connection brought the name. */
@Injectable()
export class Presence {
  /** Connections by the name they brought. */
  private readonly users = new Map<string, number>();

  constructor(
    private readonly roster: Roster,
    private readonly cluster: PresenceReplication,
  ) {}

  /** How many are present, on all replicas. */
  get count(): number {
    return this.roster.count;
  }

  /** The names of those who are present on all replicas, as JSON; at most 1,000 where they are too many to tell each. */
  get list(): string {
    return this.roster.list;
  }

  /** From now on the connection is told who comes and goes. `own`: it is being given the list, its own name in it. */
  follow(connection: Connection, own?: { readonly name: string | undefined }): void {
    this.roster.follow(connection, own);
  }

  /** The connection uses a name. Whether the user appears with it, rather than being present already. */
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
    this.cluster.tell(username, true);
    return this.roster.add([username]).length > 0;
  }

  /** Takes back everything the connection brought. */
  leaveAll(connection: Connection): void {
    for (const username of connection.names ?? []) this.leave(username);
    connection.names = undefined;
  }

  /** Tells the others that a user who is present is typing, at most once a second. */
  type(connection: Connection, username: string): void {
    if (this.roster.type(username, connection)) this.cluster.tellTyping(username);
  }

  private leave(username: string): void {
    const others = this.users.get(username)! - 1;
    if (others > 0) {
      this.users.set(username, others);
      return;
    }
    this.users.delete(username);
    this.cluster.tell(username, false);
    this.roster.remove([username]);
  }
}
