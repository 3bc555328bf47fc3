import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { Connection } from './connection';
import { Connections } from './connections';

/** Names one connection can be present under; the one it used longest ago makes room. */
const MAX_NAMES_PER_CONNECTION = 32;
/** Names that are listed. */
const MAX_LISTED = 1_000;
const TYPING_INTERVAL_MS = 1_000;

interface User {
  connections: number;
  /** When typing was last passed on, by the monotonic clock. */
  typedAt: number;
}

/** Who is present: a user is, as long as at least one connection brought the name. Tells everyone who comes and goes. */
@Injectable()
export class Presence {
  private readonly users = new Map<string, User>();

  constructor(
    private readonly connections: Connections,
    private readonly clock: Clock,
  ) {}

  get count(): number {
    return this.users.size;
  }

  /** The names of those who are present, at most 1,000 of them. */
  list(): string[] {
    const names: string[] = [];
    for (const name of this.users.keys()) {
      if (names.push(name) === MAX_LISTED) break;
    }
    return names.sort();
  }

  /** The connection uses a name. Whether the user appears with it, rather than being present already. */
  join(connection: Connection, username: string): boolean {
    if (connection.newestName === username) return false;
    connection.newestName = username;
    if (connection.names.delete(username)) {
      connection.names.add(username);
      return false;
    }
    if (connection.names.size >= MAX_NAMES_PER_CONNECTION) {
      const [oldest] = connection.names;
      this.leave(connection, oldest!);
    }
    connection.names.add(username);
    const user = this.users.get(username);
    if (user) {
      user.connections++;
      return false;
    }
    this.users.set(username, { connections: 1, typedAt: -Infinity });
    this.connections.announce((protocol) => protocol.userJoined(username, this.clock.now()));
    return true;
  }

  /** Takes back everything the connection brought. */
  leaveAll(connection: Connection): void {
    for (const username of connection.names) this.leave(connection, username);
  }

  /** Tells the others that a user who is present is typing, at most once a second. */
  type(connection: Connection, username: string): void {
    const user = this.users.get(username)!;
    const now = this.clock.monotonic();
    if (now - user.typedAt < TYPING_INTERVAL_MS) return;
    user.typedAt = now;
    this.connections.announce((protocol) => protocol.typing(username), connection);
  }

  private leave(connection: Connection, username: string): void {
    connection.names.delete(username);
    const user = this.users.get(username)!;
    if (--user.connections > 0) return;
    this.users.delete(username);
    this.connections.announce((protocol) => protocol.userLeft(username, this.clock.now()));
  }
}
