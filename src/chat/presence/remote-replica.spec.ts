import fc from 'fast-check';
import { PresenceWindow } from './presence-window';
import { RemoteReplica } from './remote-replica';

/** A roster without readers and time: who leaves has left when one looks. */
function newRoster() {
  const window = new PresenceWindow(1_000);
  return {
    add: (names: Iterable<string>) => window.add(names, 0),
    remove: (names: Iterable<string>) => window.remove(names, 0, true),
    names: () => {
      window.end(0);
      return JSON.parse(window.list) as string[];
    },
  };
}

const account = (sequence: number, names: string[], part = 0, parts = 1) =>
  ({ kind: 'account', sequence, part, parts, names }) as const;

it('needs an account before it takes changes, and takes none after one that it missed', () => {
  const roster = newRoster();
  const replica = new RemoteReplica(roster);
  expect(replica.change(1, [['max', true]])).toBe(false);
  replica.take(account(1, ['max']));
  expect(replica.change(1, [['max', true]])).toBe(true);
  expect(replica.change(3, [['eva', true]])).toBe(false);
  expect(roster.names()).toEqual(['max']);
  replica.take(account(3, ['eva', 'jan']));
  expect(replica.change(4, [['jan', false]])).toBe(true);
  expect(roster.names()).toEqual(['eva']);
  expect(replica.isAt(4)).toBe(true);
});

it('takes an account only when all its parts came', () => {
  const roster = newRoster();
  const replica = new RemoteReplica(roster);
  replica.take(account(5, ['a'], 0, 3));
  replica.take(account(5, ['c'], 2, 3));
  expect(roster.names()).toEqual([]);
  replica.take(account(6, ['a'], 0, 2));
  replica.take(account(6, ['b'], 1, 2));
  expect(roster.names()).toEqual(['a', 'b']);
});

it('a user is there until the last replica has lost it', () => {
  const roster = newRoster();
  const [one, two] = [new RemoteReplica(roster), new RemoteReplica(roster)];
  one.take(account(0, ['max', 'eva']));
  two.take(account(0, ['max']));
  expect(roster.add(['max'])).toEqual([]);
  one.forget(true);
  expect(roster.names()).toEqual(['max']);
  roster.remove(['max']);
  expect(roster.names()).toEqual(['max']);
  two.forget(true);
  expect(roster.names()).toEqual([]);
});

it('is right after the next account, whatever was lost or repeated', () => {
  const change = fc.record({ name: fc.constantFrom('a', 'b', 'c'), isThere: fc.boolean(), times: fc.nat(2) });
  fc.assert(
    fc.property(fc.array(change), fc.array(change), (before, after) => {
      const roster = newRoster();
      const replica = new RemoteReplica(roster);
      replica.take(account(0, []));
      const truth = new Set<string>();
      let sequence = 0;
      const happens = ({ name, isThere, times }: (typeof before)[number], heard: number) => {
        if (isThere) truth.add(name);
        else truth.delete(name);
        sequence++;
        for (let i = 0; i < Math.max(heard, times); i++) replica.change(sequence, [[name, isThere]]);
      };
      for (const each of before) happens(each, 0);
      replica.take(account(sequence, [...truth]));
      for (const each of after) happens(each, 1);
      expect(roster.names()).toEqual([...truth].sort());
    }),
  );
});
