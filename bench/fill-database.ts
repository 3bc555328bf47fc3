import Database from 'better-sqlite3';
import { Settings } from '../src/settings/settings';
import { createStorage } from '../src/storage/create-storage';
import { AppendTransaction } from '../src/storage/sqlite/append';

export const FREQUENT_USER = 'bench-0000';
const OTHER_USERS = 1000;
const BATCH = 10_000;
const TEXT = 'lorem ipsum '.repeat(11).slice(0, 128);

/** Stores messages as the server would, without the server; every second one belongs to the frequent user. */
export async function fillDatabase(path: string, count: number, text = TEXT): Promise<void> {
  const storage = createStorage({ ...new Settings(), DATABASE_URL: `sqlite:${path}` });
  await (await storage.openWritable()).destroy();
  storage.release();

  const database = new Database(path);
  database.pragma('synchronous = off');
  const transaction = new AppendTransaction(database);
  const now = Date.now();
  for (let stored = 0; stored < count; stored += BATCH) {
    const messages = Array.from({ length: Math.min(BATCH, count - stored) }, (_, i) => ({
      username: userOf(stored + i),
      message: text,
      createdAt: now,
    }));
    transaction.append(messages);
    // As the server does: otherwise it would catch up with everything during the measurement.
    transaction.catchUp();
  }
  database.close();
}

/** Stores numbered users of this name: a user's first visit would cost a write. */
export async function fillAuthors(path: string, name: string, count: number): Promise<void> {
  await fillDatabase(path, 0);
  const database = new Database(path);
  const author = database.prepare("INSERT INTO authors (id, issuer, subject, created_at) VALUES (?, 'secret', ?, 0)");
  const owned = database.prepare('INSERT INTO owned_names (username, author_id, skeleton) VALUES (?, ?, ?)');
  database.transaction(() => {
    for (let id = 1; id <= count; id++) {
      author.run(id, `${name} ${id - 1}`);
      owned.run(`${name} ${id - 1}`, id, `${name} ${id - 1}`);
    }
  })();
  database.close();
}

/** Edits every message once, as the server would. */
export function changeAll(path: string): void {
  const database = new Database(path);
  const now = Date.now();
  database.prepare('UPDATE messages SET change_id = id, edited_at = ?').run(now);
  database.prepare('INSERT INTO changes (id, message_id, created_at) SELECT id, id, ? FROM messages').run(now);
  database.close();
}

function userOf(message: number): string {
  if (message % 2 === 0) return FREQUENT_USER;
  return `bench-${String(1 + ((message >> 1) % OTHER_USERS)).padStart(4, '0')}`;
}
