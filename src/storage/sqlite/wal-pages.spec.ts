import { join } from 'node:path';
import Database from 'better-sqlite3';
import { testFolder } from '../../../test/support/database';
import { countFrames, emptyLog, openForWriting } from './connection';
import { WalPages } from './wal-pages';

let path: string;
let database: Database.Database;
let log: WalPages;

beforeEach(() => {
  path = join(testFolder(), 'chat.sqlite');
  new Database(path).exec('CREATE TABLE a (text); CREATE TABLE b (text); CREATE TABLE c (text)').close();
  database = openForWriting(path, 'normal', 0);
  log = new WalPages(path);
});

afterEach(() => {
  database.close();
});

/** Writes one page: 2 is that of table a. */
const write = (table: string, text = 'x') => database.prepare(`INSERT INTO ${table} VALUES (?)`).run(text);

function next(countCommitted?: () => number): number[] {
  const pages = new Set<number>();
  log.addTo(pages, countCommitted);
  return [...pages].sort((one, other) => one - other);
}

it('reads each part of the log once, and all of one that starts over', () => {
  expect(next()).toEqual([]);
  write('a');
  expect([next(), next()]).toEqual([[2], []]);
  write('b');
  expect([next(), log.framesRead]).toEqual([[3], countFrames(database)]);
  expect(emptyLog(database)).toBe(true);
  expect(next()).toEqual([]);
  write('c');
  write('a');
  write('a');
  expect(next()).toEqual([2, 4]);
  log.startOver();
  expect(next()).toEqual([2, 4]);
});

it('reads a log of several chunks', () => {
  for (let i = 0; i < 100; i++) write(i === 99 ? 'b' : 'a');
  expect([next(), log.framesRead]).toEqual([[2, 3], 100]);
});

it('does not take frames of the round before for those of a new one', () => {
  for (let i = 0; i < 3; i++) write('a');
  expect(next()).toEqual([2]);
  database.pragma('wal_checkpoint(RESTART)');
  // Only the first frame is overwritten.
  write('b');
  expect(next()).toEqual([3]);
});

it('reads the frames that replace rolled-back ones', () => {
  write('a');
  const other = openForWriting(path, 'normal', 0);
  other.pragma('cache_size = 1');
  other.exec('BEGIN');
  // More than fits in the cache: pages are in the log before the transaction ends.
  for (let i = 0; i < 50; i++) other.prepare('INSERT INTO b VALUES (?)').run('x'.repeat(3_000));
  const committed = () => countFrames(database);
  expect([next(committed), log.framesRead]).toEqual([[2], 1]);
  const all = new Set<number>();
  new WalPages(path).addTo(all);
  expect(all.size).toBeGreaterThan(1);
  other.exec('ROLLBACK');
  for (let i = 0; i < 5; i++) write('c');
  expect(next(committed)).toEqual([4]);
  other.close();
});
