import { NamesInUse } from '../../access/names-in-use';
import fc from 'fast-check';
import { PresenceWindow } from './presence-window';
import { RemoteReplica } from './remote-replica';

/** A roster without readers and without a grace period for leaves. */
function newRoster() {
  const window = new PresenceWindow(1_000, new NamesInUse());
  return {
    add: (names: Iterable<string>) => window.add(names, 0),
    remove: (names: Iterable<string>) => window.remove(names, 0, true),
    names: () => {
      window.end(0);
      return JSON.parse(window.list) as string[];
    },
  };
}

const snapshot = (sequence: number, names: string[], part = 0, parts = 1) =>
  ({ kind: 'account', sequence, part, parts, names }) as const;

it('requires a snapshot before changes, and another one after a missed change', () => {
  const roster = newRoster();
  const replica = new RemoteReplica(roster);
  expect(replica.change(1, [['max', true]])).toBe(false);
  replica.addSnapshotPart(snapshot(1, ['max']));
  expect(replica.change(1, [['max', true]])).toBe(true);
  expect(replica.change(3, [['eva', true]])).toBe(false);
  expect(roster.names()).toEqual(['max']);
  replica.addSnapshotPart(snapshot(3, ['eva', 'jan']));
  expect(replica.change(4, [['jan', false]])).toBe(true);
  expect(roster.names()).toEqual(['eva']);
  expect(replica.isAt(4)).toBe(true);
});

it('applies a snapshot only when all its parts arrived, in order', () => {
  const roster = newRoster();
  const replica = new RemoteReplica(roster);
  replica.addSnapshotPart(snapshot(5, ['a'], 0, 3));
  replica.addSnapshotPart(snapshot(5, ['c'], 2, 3));
  expect(roster.names()).toEqual([]);
  replica.addSnapshotPart(snapshot(6, ['a'], 0, 2));
  replica.addSnapshotPart(snapshot(6, ['b'], 1, 2));
  expect(roster.names()).toEqual(['a', 'b']);
});

it('keeps a user until the last replica has lost it', () => {
  const roster = newRoster();
  const [one, two] = [new RemoteReplica(roster), new RemoteReplica(roster)];
  one.addSnapshotPart(snapshot(0, ['max', 'eva']));
  two.addSnapshotPart(snapshot(0, ['max']));
  expect(roster.add(['max'])).toEqual([]);
  one.forget(true);
  expect(roster.names()).toEqual(['max']);
  roster.remove(['max']);
  expect(roster.names()).toEqual(['max']);
  two.forget(true);
  expect(roster.names()).toEqual([]);
});

it('converges with the next snapshot after any loss or repetition', () => {
  const change = fc.record({ name: fc.constantFrom('a', 'b', 'c'), isPresent: fc.boolean(), times: fc.nat(2) });
  fc.assert(
    fc.property(fc.array(change), fc.array(change), (before, after) => {
      const roster = newRoster();
      const replica = new RemoteReplica(roster);
      replica.addSnapshotPart(snapshot(0, []));
      const truth = new Set<string>();
      let sequence = 0;
      const apply = ({ name, isPresent, times }: (typeof before)[number], heard: number) => {
        if (isPresent) truth.add(name);
        else truth.delete(name);
        sequence++;
        for (let i = 0; i < Math.max(heard, times); i++) replica.change(sequence, [[name, isPresent]]);
      };
      for (const each of before) apply(each, 0);
      replica.addSnapshotPart(snapshot(sequence, [...truth]));
      for (const each of after) apply(each, 1);
      expect(roster.names()).toEqual([...truth].sort());
    }),
  );
});
