import { NamesInUse } from '../../access/names-in-use';
import fc from 'fast-check';
import { LEAVE_GRACE_MS, PresenceWindow, WINDOW_MS, type WindowEnd } from './presence-window';

const users = (window: PresenceWindow) => JSON.parse(window.list) as string[];

it('[V20] broadcasts all joins of a window at its end, except those already over', () => {
  const window = new PresenceWindow(1_000, new NamesInUse());
  window.add(['max', 'eva'], 0);
  window.add(['gone'], 10);
  window.remove(['gone'], 20);
  expect(window.dueAt).toBe(WINDOW_MS);
  const { joined, left, telling } = window.end(WINDOW_MS);
  expect(joined.filter((name) => name !== undefined)).toEqual(['max', 'eva']);
  expect(left).toEqual([]);
  expect(telling).toBe('names');
  expect(window.dueAt).toBe(Infinity);
  expect(users(window)).toEqual(['eva', 'max']);
});

it('[V20] broadcasts a short stay of a user already on the list of a reader', () => {
  const window = new PresenceWindow(1_000, new NamesInUse());
  const early = window.place({ name: undefined });
  window.add(['max'], 0);
  const own = window.place({ name: 'max' });
  expect(users(window)).toEqual(['max']);
  const late = window.place({ name: undefined });
  window.remove(['max'], 10);
  const { from, joined } = window.end(WINDOW_MS);
  expect(joined.slice(early - from)).toEqual(['max']);
  expect(joined.slice(own - from)).toEqual([]);
  expect(joined.slice(late - from)).toEqual([]);
  expect(window.end(LEAVE_GRACE_MS + WINDOW_MS).left).toEqual(['max']);
});

it('[V20] does not broadcast a join that is over within its window, even if on the list of the user itself', () => {
  const window = new PresenceWindow(1_000, new NamesInUse());
  window.add(['max'], 0);
  window.place({ name: 'max' });
  window.remove(['max'], 10);
  expect(window.count).toBe(0);
  expect(window.end(WINDOW_MS).joined).toEqual([undefined]);
});

it('[V22] broadcasts neither leave nor join of a user who returns within the grace period', () => {
  const window = new PresenceWindow(1_000, new NamesInUse());
  window.add(['max'], 0);
  window.end(WINDOW_MS);
  window.remove(['max'], 1_000);
  expect(window.end(1_000 + LEAVE_GRACE_MS - 1).left).toEqual([]);
  expect(users(window)).toEqual(['max']);
  expect(window.add(['max'], 1_000 + LEAVE_GRACE_MS - 1)).toEqual([]);
  expect(window.end(10_000)).toMatchObject({ joined: [], left: [] });
});

it('[V22] broadcasts leaves due within a window together, and final ones without a grace period', () => {
  const window = new PresenceWindow(1_000, new NamesInUse());
  window.add(['a', 'b', 'c'], 0);
  window.end(WINDOW_MS);
  window.remove(['a'], 1_000);
  window.remove(['b'], 1_000 + WINDOW_MS);
  expect(window.dueAt).toBe(1_000 + LEAVE_GRACE_MS + WINDOW_MS);
  window.remove(['c'], 1_200, true);
  expect(window.dueAt).toBe(1_200 + WINDOW_MS);
  expect(window.end(window.dueAt).left).toEqual(['c']);
  expect(window.end(window.dueAt).left).toEqual(['a', 'b']);
  expect(window.dueAt).toBe(Infinity);
});

it('[V21] beyond the limit broadcasts only the number, once a second, and the whole list once clearly below it', () => {
  const window = new PresenceWindow(10, new NamesInUse());
  const names = Array.from({ length: 20 }, (_, i) => `u${i}`);
  window.add(names.slice(0, 10), 0);
  expect(window.end(100).telling).toBe('names');
  window.add(names.slice(10, 15), 200);
  expect(users(window)).toHaveLength(10);
  expect(window.end(300).telling).toBe('count');
  window.add(names.slice(15), 400);
  expect(window.end(500).telling).toBe('nothing');
  expect(window.dueAt).toBe(1_300);
  expect(window.end(1_300).telling).toBe('count');
  expect(window.dueAt).toBe(Infinity);
  window.remove(names.slice(10), 2_000, true);
  expect(window.end(2_100).telling).toBe('nothing');
  window.remove(names.slice(9), 2_200, true);
  expect(window.end(2_300).telling).toBe('list');
  expect(users(window)).toEqual(names.slice(0, 9));
  window.add(['x'], 3_000);
  expect(window.end(3_100)).toMatchObject({ telling: 'names', joined: ['x'] });
});

it('[V21] with a limit of 0 never broadcasts a name', () => {
  const window = new PresenceWindow(0, new NamesInUse());
  expect(users(window)).toEqual([]);
  window.add(['max'], 0);
  expect(users(window)).toEqual([]);
  expect(window.end(100).telling).toBe('count');
  window.remove(['max'], 2_000, true);
  expect(window.end(2_100).telling).toBe('count');
});

it('[V21] with very many readers broadcasts the number less often, and the last one in any case', () => {
  const window = new PresenceWindow(0, new NamesInUse());
  window.add(['max'], 0);
  expect(window.end(100).telling).toBe('count');
  window.countSentTo(10_000);
  window.add(['eva'], 200);
  expect(window.end(1_200).telling).toBe('nothing');
  expect(window.dueAt).toBe(5_100);
  expect(window.end(5_100).telling).toBe('count');
  window.countSentTo(100);
  window.add(['zoe'], 5_200);
  expect(window.end(6_100).telling).toBe('count');
});

it('[V20] broadcasts few typing users per window, and each at most once a second', () => {
  const window = new PresenceWindow(1_000, new NamesInUse());
  const names = Array.from({ length: 50 }, (_, i) => `u${i}`);
  window.add(names, 0);
  expect(window.type('u0', 0)).toBe(true);
  expect(window.type('u0', 999)).toBe(false);
  expect(window.type('nobody', 999)).toBe(false);
  expect(window.type('u0', 1_000)).toBe(true);
  expect(names.filter((name) => window.type(name, 1_000)).length).toBeLessThan(20);
  expect(window.end(1_100).typing.length).toBeLessThan(20);
  expect(window.end(1_200).typing).toEqual([]);
});

/** A model of a reader: the list in `welcome`, updated by the changes after it. */
class Reader {
  place = -1;
  users = new Set<string>();
  own: string | undefined;

  constructor(private readonly window: PresenceWindow) {}

  welcome(own?: string): void {
    this.own = own;
    this.users = new Set(users(this.window));
    this.place = this.window.place({ name: own });
  }

  hear({ from, to, joined, left, telling }: WindowEnd): void {
    if (telling === 'list' || this.place < from) this.users = new Set(users(this.window));
    else {
      for (const name of joined.slice(this.place - from)) {
        if (name === undefined) continue;
        expect(this.users).not.toContain(name);
        this.users.add(name);
      }
      for (const name of left) expect(this.users.delete(name)).toBe(true);
    }
    this.place = to;
  }
}

it('[V11] every list with the changes after it equals the present users, in any order of events', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const step = fc.oneof(
    fc.record({ does: fc.constantFrom('hello', 'add', 'remove', 'lose', 'close'), name }),
    fc.record({ does: fc.constantFrom('reader', 'end', 'miss'), name }),
    fc.record({ does: fc.constant('wait'), name }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const window = new PresenceWindow(1_000, new NamesInUse());
      let readers: Reader[] = [];
      let now = 0;
      for (const { does, name } of steps) {
        now += 7;
        if (does === 'add' || does === 'hello') window.add([name], now);
        if (does === 'remove') window.keep(name);
        // The reader with this name disconnects.
        if (does === 'close' || does === 'lose') readers = readers.filter(({ own }) => own !== name);
        if (['remove', 'lose', 'close'].includes(does)) window.remove([name], now, does === 'lose');
        if (does === 'reader' || does === 'hello') {
          const reader = new Reader(window);
          reader.welcome(does === 'hello' ? name : undefined);
          readers.push(reader);
        }
        if (does === 'wait') now += 1_300;
        if (does === 'end' || does === 'miss') {
          const end = window.end(now);
          // One slow reader misses the window.
          const heard = does === 'miss' ? readers.slice(1) : readers;
          for (const reader of heard) reader.hear(end);
        }
      }
      now += 10_000;
      for (let i = 0; i < 2; i++) {
        const end = window.end(now);
        for (const reader of readers) reader.hear(end);
      }
      for (const reader of readers) expect([...reader.users].sort()).toEqual(users(window));
    }),
    { numRuns: 1_000 },
  );
});
