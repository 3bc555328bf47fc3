import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { Connection } from './connection';
import { Connections } from './connections';

/** Names that are listed. */
const MAX_LISTED = 1_000;
const TYPING_INTERVAL_MS = 1_000;

interface User {
  /** Replicas that the user has a connection to. */
  replicas: number;
  /** When typing was last passed on, by the monotonic clock. */
  typedAt: number;
}

/**
 * Who is present in the whole chat: a user is, as long as at least one replica has the name. Tells this replica's
 * connections who comes and goes; it must not know which replica said so.
 */
@Injectable()
export class Roster {
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

  /** One more replica has these names. Those who appear with it, rather than being present already. */
  add(names: Iterable<string>): string[] {
    const appeared: string[] = [];
    for (const name of names) {
      const user = this.users.get(name);
      if (user) {
        user.replicas++;
        continue;
      }
      this.users.set(name, { replicas: 1, typedAt: -Infinity });
      appeared.push(name);
    }
    if (appeared.length === 0) return appeared;
    const now = this.clock.now();
    this.connections.announce((protocol) => appeared.map((name) => protocol.userJoined(name, now)));
    return appeared;
  }

  /** One replica fewer has these names. */
  remove(names: Iterable<string>): void {
    const gone: string[] = [];
    for (const name of names) {
      const user = this.users.get(name);
      if (!user || --user.replicas > 0) continue;
      this.users.delete(name);
      gone.push(name);
    }
    if (gone.length === 0) return;
    const now = this.clock.now();
    this.connections.announce((protocol) => gone.map((name) => protocol.userLeft(name, now)));
  }

  /** Tells the others that a user is typing, at most once a second. Whether it did. */
  type(username: string, except?: Connection): boolean {
    const user = this.users.get(username);
    const now = this.clock.monotonic();
    if (!user || now - user.typedAt < TYPING_INTERVAL_MS) return false;
    user.typedAt = now;
    this.connections.announce((protocol) => [protocol.typing(username)], except);
    return true;
  }
}
