import type { Database, Statement } from 'better-sqlite3';
import { utcDay } from '../../platform/text/timestamps';

const DAY_MS = 86_400_000;

interface Sum {
  readonly username: string;
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly messages: number;
  readonly code_points: number;
}

/**
 * Moves the counters of a SQLite database on to a later message. They cover the messages up to the id in
 * `stats_totals.messages`; a reader adds what came since. One row for each user of many messages costs less than one in each
 * transaction, and a transaction that is lost loses nothing. It never opens its own transaction.
 */
export class SqliteCounters {
  private readonly selectCovered: Statement;
  private readonly selectSums: Statement<[number, number], Sum>;
  private readonly addToUser: Statement<[string, number], number>;
  private readonly addToDay: Statement<[string, number]>;
  private readonly addToTotals: Statement<[number, number, number]>;

  constructor(database: Database) {
    this.selectCovered = database.prepare('SELECT messages FROM stats_totals').pluck();
    this.selectSums = database.prepare(
      `SELECT username, created_at / ${DAY_MS} AS day, count(*) AS messages, sum(length(message)) AS code_points
       FROM messages WHERE id > ? AND id <= ? GROUP BY username, day`,
    );
    // The sum after the insert tells a new user (it equals what was added) from a known one.
    this.addToUser = database
      .prepare<[string, number], number>(
        `INSERT INTO stats_users (username, messages) VALUES (?, ?)
         ON CONFLICT (username) DO UPDATE SET messages = messages + excluded.messages RETURNING messages`,
      )
      .pluck();
    this.addToDay = database.prepare(
      `INSERT INTO stats_days (day, messages) VALUES (?, ?)
       ON CONFLICT (day) DO UPDATE SET messages = messages + excluded.messages`,
    );
    this.addToTotals = database.prepare(
      'UPDATE stats_totals SET messages = ?, users = users + ?, code_points = code_points + ?',
    );
  }

  /** The id of the last message that is counted. */
  covered(): number {
    return this.selectCovered.get() as number;
  }

  /** Counts the messages up to `lastId`. */
  follow(lastId: number): void {
    let newUsers = 0;
    let codePoints = 0;
    for (const sum of this.selectSums.all(this.covered(), lastId)) {
      if (this.addToUser.get(sum.username, sum.messages) === sum.messages) newUsers++;
      this.addToDay.run(utcDay(sum.day * DAY_MS), sum.messages);
      codePoints += sum.code_points;
    }
    this.addToTotals.run(lastId, newUsers, codePoints);
  }
}
