import type { Database, Statement } from 'better-sqlite3';

/** Messages that may be beyond the counters before the next append folds them in: what a reader may have to count itself. */
const MAX_BEHIND = 1_000;

/**
 * Moves the counters of a SQLite database on to a later message. They cover the messages up to the id in
 * `stats_totals.messages`; a reader adds what came since. One row a user in many messages costs less than one in each
 * transaction, and a transaction that is lost loses nothing. It never opens its own transaction.
 */
export class SqliteCounters {
  private readonly selectCovered: Statement;
  private readonly selectNewUsers: Statement<[number, number]>;
  private readonly addToUsers: Statement<[number, number]>;
  private readonly addToDays: Statement<[number, number]>;
  private readonly addToTotals: Statement<[number, number, number, number]>;

  constructor(database: Database) {
    const fold = 'FROM messages WHERE id > ? AND id <= ?';
    this.selectCovered = database.prepare('SELECT messages FROM stats_totals').pluck();
    this.selectNewUsers = database
      .prepare<[number, number]>(
        `SELECT count(*) FROM (SELECT DISTINCT username ${fold}) AS recent
         WHERE NOT EXISTS (SELECT 1 FROM stats_users WHERE stats_users.username = recent.username)`,
      )
      .pluck();
    this.addToUsers = database.prepare(
      `INSERT INTO stats_users (username, messages) SELECT username, count(*) ${fold} GROUP BY username
       ON CONFLICT (username) DO UPDATE SET messages = messages + excluded.messages`,
    );
    this.addToDays = database.prepare(
      `INSERT INTO stats_days (day, messages) SELECT date(created_at / 1000, 'unixepoch') AS day, count(*) ${fold} GROUP BY day
       ON CONFLICT (day) DO UPDATE SET messages = messages + excluded.messages`,
    );
    this.addToTotals = database.prepare(
      `UPDATE stats_totals SET messages = ?, users = users + ?,
         code_points = code_points + (SELECT sum(length(message)) ${fold})`,
    );
  }

  /** Covers the messages up to `lastId` if it is so many that readers should not have to. */
  foldIfMany(lastId: number): void {
    if (lastId - this.covered() >= MAX_BEHIND) this.fold(lastId);
  }

  /** Covers the messages up to `lastId`. */
  fold(lastId: number): void {
    const covered = this.covered();
    if (covered >= lastId) return;
    const newUsers = this.selectNewUsers.get(covered, lastId) as number;
    this.addToUsers.run(covered, lastId);
    this.addToDays.run(covered, lastId);
    this.addToTotals.run(lastId, newUsers, covered, lastId);
  }

  private covered(): number {
    return this.selectCovered.get() as number;
  }
}
