import { Injectable } from '@nestjs/common';
import type { Connection } from './connection';

/** Names one connection can be present under; the one it used longest ago makes room. */
export const MAX_NAMES_PER_CONNECTION = 32;

/** Who is present: a user is, as long as at least one connection brought the name. */
@Injectable()
export class Presence {
  private readonly connections = new Map<string, number>();

  /** Whether the user appears with this, rather than being present already. */
  join(connection: Connection, username: string): boolean {
    if (connection.names.delete(username)) {
      connection.names.add(username);
      return false;
    }
    if (connection.names.size >= MAX_NAMES_PER_CONNECTION) {
      const [oldest] = connection.names;
      this.leave(connection, oldest!);
    }
    connection.names.add(username);
    const count = this.connections.get(username) ?? 0;
    this.connections.set(username, count + 1);
    return count === 0;
  }

  /** Takes back everything the connection brought. */
  leaveAll(connection: Connection): void {
    for (const username of connection.names) this.leave(connection, username);
  }

  private leave(connection: Connection, username: string): void {
    connection.names.delete(username);
    const left = this.connections.get(username)! - 1;
    if (left === 0) this.connections.delete(username);
    else this.connections.set(username, left);
  }
}
