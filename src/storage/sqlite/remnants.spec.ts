import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { testFolder } from '../../../test/support/database';
import { emptyLog, openForWriting } from './connection';
import { Remnants } from './remnants';

const ROWS = 300;

/** A table whose rows were moved from page to page, all in the log. */
function grown(pageSize: number): { path: string; database: Database.Database } {
  const path = join(testFolder(), 'chat.sqlite');
  const created = new Database(path);
  created.pragma(`page_size = ${pageSize}`);
  created.exec('CREATE TABLE messages (id INTEGER PRIMARY KEY, message TEXT)');
  created.close();
  const database = openForWriting(path, 'normal', 0);
  const insert = database.prepare('INSERT INTO messages (message) VALUES (?)');
  for (let id = 1; id <= ROWS; id++) insert.run(`secret-${id} ${'x'.repeat(60)}`);
  const update = database.prepare('UPDATE messages SET message = ? WHERE id = ?');
  for (let id = 1; id <= ROWS; id += 3) update.run(`secret-${id} ${'y'.repeat((id * 37) % 1500)}`, id);
  return { path, database };
}

/** Number of copies of secret texts in the file and its log. */
function secretsIn(path: string): number {
  return ['', '-wal'].reduce((sum, ending) => sum + secretsOf(readFileSync(path + ending, 'latin1')), 0);
}

function secretsOf(bytes: string): number {
  return bytes.match(/secret-\d+/g)?.length ?? 0;
}

it.each([512, 4_096, 65_536])('leaves stored rows alone, with pages of %i bytes', (pageSize) => {
  const { path, database } = grown(pageSize);
  const rows = database.prepare('SELECT * FROM messages').all();
  expect(new Remnants(database, path, []).clean() && emptyLog(database)).toBe(true);
  database.close();
  const again = new Database(path);
  expect(again.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(again.prepare('SELECT * FROM messages').all()).toEqual(rows);
  expect(secretsOf(readFileSync(path, 'latin1'))).toBe(ROWS);
  again.close();
});

it('leaves nothing in memory that would come back with what is written next', () => {
  const { path, database } = grown(4_096);
  database.exec(`UPDATE messages SET message = ''`);
  expect(new Remnants(database, path, []).clean() && emptyLog(database)).toBe(true);
  expect(secretsIn(path)).toBe(0);
  database.exec(`UPDATE messages SET message = 'harmless'`);
  expect(secretsIn(path)).toBe(0);
  database.close();
});

it('leaves nothing in the memory of another connection, once the log is emptied', () => {
  const { path, database } = grown(4_096);
  const other = openForWriting(path, 'normal', 0);
  other.exec(`UPDATE messages SET message = ''`);
  expect(new Remnants(database, path, []).clean() && emptyLog(database)).toBe(true);
  other.exec(`UPDATE messages SET message = 'harmless'`);
  expect(secretsIn(path)).toBe(0);
  other.close();
  database.close();
});

it('waits while a reader needs the log, and knows the pages until then', () => {
  const { path, database } = grown(4_096);
  const reader = new Database(path);
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM messages').get();
  database.exec(`UPDATE messages SET message = ''`);
  const remnants = new Remnants(database, path, []);
  expect([remnants.clean(), remnants.areDue]).toEqual([false, true]);
  reader.close();
  expect([remnants.clean(), remnants.areDue, emptyLog(database)]).toEqual([true, false, true]);
  expect(secretsIn(path)).toBe(0);
  database.close();
});

/** An edit of a row, which moves others where it grows, or what may happen in between. */
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ id: fc.integer({ min: 1, max: ROWS }), length: fc.nat(1_500) }) },
  { weight: 2, arbitrary: fc.constantFrom('look', 'clean', 'start over', 'roll back') },
);

it('leaves nothing, whatever happens between looking and cleaning', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }), (steps) => {
      const { path, database } = grown(4_096);
      const thread = openForWriting(path, 'normal', 0);
      const remnants = new Remnants(thread, path, []);
      const update = database.prepare('UPDATE messages SET message = ? WHERE id = ?');
      for (const given of steps) {
        if (typeof given === 'object') update.run(`secret-${given.id} ${'z'.repeat(given.length)}`, given.id);
        else if (given === 'clean') expect(remnants.clean() && emptyLog(thread)).toBe(true);
        else if (given === 'roll back') database.exec(`BEGIN; UPDATE messages SET message = 'x'; ROLLBACK`);
        else remnants.look();
        // The next edit begins a new round of the log.
        if (given === 'start over') database.pragma('wal_checkpoint(RESTART)');
      }
      database.exec(`UPDATE messages SET message = ''`);
      expect(remnants.clean() && emptyLog(thread)).toBe(true);
      database.exec(`UPDATE messages SET message = 'harmless'`);
      expect(secretsIn(path)).toBe(0);
      thread.close();
      database.close();
    }),
    { numRuns: 5 },
  );
});
