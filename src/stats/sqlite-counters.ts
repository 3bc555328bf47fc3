import type { Database, Statement } from 'better-sqlite3';
import { countCodePoints } from '../common/code-points';
import { utcDay } from '../common/timestamps';

/** What the counters need to know of a message. */
export interface CountedMessage {
  readonly username: string;
  readonly message: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** Keeps the counters in step with the messages, inside the transaction that stores them; it never opens its own. */
export class SqliteCounters {
  private readonly addToUser: Statement<[string, number]>;
  private readonly addToDay: Statement<[string, number]>;
  private readonly addToTotals: Statement<[number, number, number]>;

  constructor(database: Database) {
    // The sum after the insert tells a new user (it equals what was added) from a known one.
    this.addToUser = database.prepare(
      `INSERT INTO stats_users (username, messages) VALUES (?, ?)
       ON CONFLICT (username) DO UPDATE SET messages = messages + excluded.messages RETURNING messages`,
    );
    this.addToDay = database.prepare(
      `INSERT INTO stats_days (day, messages) VALUES (?, ?)
       ON CONFLICT (day) DO UPDATE SET messages = messages + excluded.messages`,
    );
    this.addToTotals = database.prepare(
      'UPDATE stats_totals SET messages = messages + ?, users = users + ?, code_points = code_points + ?',
    );
  }

  add(messages: readonly CountedMessage[]): void {
    let codePoints = 0;
    const perUser = new Map<string, number>();
    const perDay = new Map<string, number>();
    for (const { username, message, createdAt } of messages) {
      codePoints += countCodePoints(message);
      perUser.set(username, (perUser.get(username) ?? 0) + 1);
      const day = utcDay(createdAt);
      perDay.set(day, (perDay.get(day) ?? 0) + 1);
    }
    let newUsers = 0;
    for (const [username, count] of perUser) {
      const row = this.addToUser.get(username, count) as { messages: number };
      if (row.messages === count) newUsers++;
    }
    for (const [day, count] of perDay) this.addToDay.run(day, count);
    this.addToTotals.run(messages.length, newUsers, codePoints);
  }
}
