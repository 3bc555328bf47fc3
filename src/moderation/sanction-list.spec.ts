import type { Sanction, SanctionKind } from '../storage/entities/moderation.entity';
import { mergeByUser } from './sanction-list';

const row = (kind: SanctionKind, username: string, until: number | null = null): Sanction => ({
  kind,
  username,
  authorId: null,
  until,
  reason: null,
  moderator: 'mod',
  createdAt: 0,
});
const rows = (kind: SanctionKind, ...names: string[]) => names.map((name) => row(kind, name));

const namesOf = (mutes: Sanction[], bans: Sanction[], limit: number) => {
  const { users, next } = mergeByUser(mutes, bans, limit, 0);
  return [users.map(({ username }) => username), next];
};

it('merges by name and returns the cursor', () => {
  expect(namesOf(rows('mute', 'a', 'c'), rows('ban', 'b', 'c'), 3)).toEqual([['a', 'b', 'c'], null]);
  expect(namesOf(rows('mute', 'a', 'c'), rows('ban', 'b', 'd'), 3)).toEqual([['a', 'b', 'c'], 'c']);
  expect(namesOf(rows('mute', 'a', 'b'), [], 2)).toEqual([['a', 'b'], 'b']);
  expect(namesOf([], [], 2)).toEqual([[], null]);
});

it('has both of one user together, without what has expired', () => {
  const { users } = mergeByUser([row('mute', 'a', 1_000)], [row('ban', 'a')], 5, 1_000);
  expect(users).toEqual([{ username: 'a', mute: null, ban: expect.objectContaining({ until: null }) }]);
  expect(mergeByUser([row('mute', 'a', 1_000)], [], 5, 1_000).users).toEqual([]);
});

it('sorts as the databases do, beyond the basic plane too', () => {
  expect(namesOf(rows('mute', '\uffee'), rows('ban', '😀'), 5)).toEqual([['\uffee', '😀'], null]);
});
