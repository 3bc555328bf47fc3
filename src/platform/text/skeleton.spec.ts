import { isLookalike, skeletonOf } from './skeleton';

it.each([
  ['раураl', 'paypal'],
  ['Аdmin', 'Admin'],
  ['ΑΒΕ', 'ABE'],
  ['ѕсоре', 'scope'],
  ['Ꭰave', 'Dave'],
  ['օlga', 'olga'],
  ['𝖺𝖽𝗆𝗂𝗇', 'admin'],
  ['𝐚nna', 'anna'],
  ['ﬁona', 'fiona'],
  ['ｍax', 'max'],
  ['ｄＤ．', 'dD.'],
  ['ⓑob', 'bob'],
  ['max²', 'max2'],
  ['ma×', 'max'],
  ['℮va', 'eva'],
  ['ev⍺', 'eva'],
  ['Pau∣', 'Paul'],
  ['Pauǀ', 'Paul'],
  ['mɑx', 'max'],
  ['eᴠa', 'eva'],
  ['max−1', 'max-1'],
  ['max‐1', 'max-1'],
  ['O’Neil', "O'Neil"],
  ['~eva', '∼eva'],
])('%s looks like %s', (name, other) => {
  expect(skeletonOf(name)).toBe(skeletonOf(other));
  expect(isLookalike(name, other)).toBe(true);
  expect(isLookalike(other, name)).toBe(true);
});

it.each([
  ['modern', 'modem'],
  ['max1', 'maxl'],
  ['Ida', 'lda'],
  ['max0', 'maxO'],
  ['Aydın', 'Aydin'],
])('%s and %s look alike within one script, which is no look-alike', (name, other) => {
  expect(skeletonOf(name)).toBe(skeletonOf(other));
  expect(isLookalike(name, other)).toBe(false);
});

it.each([
  ['max', 'max'],
  ['max', 'Max'],
  ['Jörg', 'Jorg'],
  ['Анна', 'Anna'],
  ['二', 'ニ'],
  ['Κώστας', 'Kostas'],
  ['علی', 'علي'],
  ['😀', '😃'],
  ['☾', '🌘'],
  ['מַקְס', 'מקס'],
  ['ラーメン', 'ラ一メン'],
])('%s does not look like %s', (name, other) => {
  expect(isLookalike(name, other)).toBe(false);
});

it('is the same for every spelling of a letter', () => {
  expect(skeletonOf('A\u0308nne')).toBe(skeletonOf('Änne'));
});
