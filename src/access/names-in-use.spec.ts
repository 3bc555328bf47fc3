import { ANYBODY, type Identity } from './identity';
import { NamesInUse } from './names-in-use';

const GUEST: Identity = { ...ANYBODY, kind: 'guest' };
const AUTHOR: Identity = { ...ANYBODY, kind: 'author', authorId: 1 };

function using(...names: string[]): NamesInUse {
  const inUse = new NamesInUse();
  for (const name of names) inUse.add(name);
  return inUse;
}

const isRefused = (inUse: NamesInUse, name: string, identity = ANYBODY): boolean => {
  try {
    inUse.require(identity, name);
    return false;
  } catch (error) {
    expect(error).toMatchObject({ message: 'name_lookalike' });
    return true;
  }
};

it.each([
  ['a mixture', 'max', 'm\u0430x'],
  ['a name wholly in another script', 'scope', '\u0455\u0441\u043e\u0440\u0435'],
  ['letters of mathematics', 'max', '\u{1d5c6}\u{1d5ba}\u{1d5d1}'],
  ['a ligature', 'fiona', '\ufb01ona'],
  ['another width', 'max', '\uff4dax'],
  ['a symbol', 'max', 'ma\u00d7'],
  ['a phonetic letter', 'max', 'm\u0251x'],
  ['another hyphen', 'max-1', 'max\u22121'],
  ['a mixture like another mixture', 'm\u0430\u0443a', 'ma\u0443\u0430'],
])('refuses %s', (_, present, name) => {
  expect(isRefused(using(present), name)).toBe(true);
});

it.each([
  ['the same name', 'max', 'max'],
  ['a name confusable within its script', 'modern', 'modem'],
  ['a name that is imitated by a mixture', 'm\u0430x', 'max'],
  ['a name that is imitated by letters of mathematics', '\u{1d5c6}\u{1d5ba}\u{1d5d1}', 'max'],
  ['a name that is imitated by a symbol', 'ma\u00d7', 'max'],
  ['a letter of living languages', 'Aydin', 'Ayd\u0131n'],
  ['a mixture that looks like nobody', 'eva', 'm\u0430x'],
  ['digits', 'OO', '00'],
])('allows %s', (_, present, name) => {
  expect(isRefused(using(present), name)).toBe(false);
});

it('forgets names that are gone, and only those', () => {
  const inUse = using('modern', 'modem', 'modem');
  inUse.remove('modem');
  inUse.remove('modem');
  expect(isRefused(inUse, 'm\u043edem')).toBe(true);
  inUse.remove('modern');
  expect(isRefused(inUse, 'm\u043edem')).toBe(false);
});

it('looks behind the mark of guests, but not at authors', () => {
  const inUse = using('max', '~eva');
  expect(isRefused(inUse, '~m\u0430x', GUEST)).toBe(true);
  expect(isRefused(inUse, '~ev\u0430', GUEST)).toBe(true);
  expect(isRefused(inUse, '~max', GUEST)).toBe(false);
  expect(isRefused(inUse, 'm\u0430x', AUTHOR)).toBe(false);
});

it('answers as fast among 20,000 names that look the same', () => {
  const inUse = using();
  for (let i = 0; i < 20_000; i++)
    inUse.add([...i.toString(2).padStart(15, '0')].map((bit) => (bit === '1' ? 'rn' : 'm')).join(''));
  const begun = performance.now();
  for (let i = 0; i < 1_000; i++) isRefused(inUse, 'm'.repeat(15) + 'm');
  expect(isRefused(inUse, '\u043c'.repeat(15))).toBe(false);
  expect(performance.now() - begun).toBeLessThan(200);
});
