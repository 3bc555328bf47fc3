import { MAX_PEERS, Peers } from './peers';

it('accepts a replica that echoes the challenge, each of its frames once, and no earlier ones', () => {
  const peers = new Peers();
  expect(peers.receive('a', 5)).toBe('unmet');
  expect(peers.meet('a', 5, ['another'])).toBe(false);
  expect(peers.meet('a', 7, ['another', peers.challenge])).toBe(true);
  expect([6, 7, 8, 8, 10, 9, 11].map((sequence) => peers.receive('a', sequence))).toEqual([
    ...['repeated', 'repeated', 'new', 'repeated', 'new', 'repeated', 'new'],
  ]);
  expect(peers.receive('b', 1)).toBe('unmet');
});

it('forgets the replica met longest ago beyond the maximum, and rejects its old answers', () => {
  const peers = new Peers();
  const old = peers.challenge;
  for (let i = 0; i <= MAX_PEERS; i++) expect(peers.meet(`${i}`, 1, [old])).toBe(true);
  expect(peers.receive('0', 2)).toBe('unmet');
  expect(peers.receive('1', 2)).toBe('new');
  expect(peers.meet('0', 1, [old])).toBe(false);
  expect(peers.meet('0', 3, [peers.challenge])).toBe(true);
});
