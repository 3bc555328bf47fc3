import { CONFUSABLES } from './confusables';

/** Maximum cached skeletons; the longest names are 50 code points. */
const MAX_REMEMBERED = 2_000;

const remembered = new Map<string, string>();
let prototypes: ReadonlyMap<string, string> | undefined;

/**
 * The skeleton of a name (UTS 39, section 4): two names with the same one look alike. Not for display. The caller bounds the
 * length.
 */
export function skeletonOf(name: string): string {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  prototypes ??= readPrototypes();
  let skeleton = '';
  for (const character of name.normalize('NFD')) skeleton += prototypes.get(character) ?? plainLook(character);
  skeleton = skeleton.normalize('NFD');
  // Cleared as a whole: cheaper than LRU, and a skeleton costs microseconds.
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(name, skeleton);
  return skeleton;
}

/** The prototypes of a compatibility character without one, such as the full-width `ｍ`, which RFC 8266 compares as `m`. */
function plainLook(character: string): string {
  const plain = character.normalize('NFKD');
  return plain === character ? character : [...plain].map((part) => prototypes!.get(part) ?? part).join('');
}

/** Scripts of living languages; those written together count as one, and all other scripts as one more. */
const SCRIPTS = [
  ...[
    'Latin',
    'Cyrillic',
    'Greek',
    'Armenian',
    'Georgian',
    'Hebrew',
    'Arabic',
    'Thaana',
    'Ethiopic',
    'Cherokee',
    'Lisu',
  ],
  ...['Coptic', 'Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam'],
  ...[
    'Sinhala',
    'Thai',
    'Lao',
    'Tibetan',
    'Myanmar',
    'Khmer',
    'Tifinagh',
    'Canadian_Aboriginal',
    'Vai',
    'Nko',
    'Osage',
  ],
].map((script) => new RegExp(String.raw`^\p{Script=${script}}`, 'u'));
const EAST_ASIAN = ['Han', 'Hiragana', 'Katakana', 'Bopomofo', 'Hangul'];
SCRIPTS.push(new RegExp(`^[${EAST_ASIAN.map((script) => String.raw`\p{Script=${script}}`).join('')}]`, 'u'));
const NO_SCRIPT = /^[\p{Script=Common}\p{Script=Inherited}]/u;
/**
 * Pseudo-script of letters in another shape, such as mathematical ones and ligatures, and of characters that stand in for another
 * letter or sign: to borrow one is to mix scripts.
 */
const SHAPES = -2;
/** Symbols and signs beyond ASCII, and letters of phonetic alphabets. Without marks, which scripts share. */
const BORROWED_SIGN = /^(?!\p{ASCII})[\p{S}\p{P}\p{Lm}\u01c0-\u01c3\u0250-\u02af\u1d00-\u1dbf\ua730\ua731]/u;

/**
 * Whether two different names look the same because one of them borrows letters of another script or shape, such as a Cyrillic
 * `а` among Latin letters, or all of its letters. Names that are confusable within one script, such as `modern` and `modem`, are
 * not look-alikes.
 */
export function isLookalike(name: string, other: string): boolean {
  if (name === other || skeletonOf(name) !== skeletonOf(other)) return false;
  return new Set([...scriptsOf(name), ...scriptsOf(other)]).size > 1;
}

/** The scripts of a name's letters, as numbers. Empty for digits and punctuation, which all scripts have in common. */
export function scriptsOf(name: string): ReadonlySet<number> {
  const scripts = new Set<number>();
  // The letters without their shapes: the mathematical sans-serif `𝖺`, which has no script, is a Latin letter.
  const plain = name.normalize('NFKC');
  if (plain !== name.normalize('NFC')) scripts.add(SHAPES);
  prototypes ??= readPrototypes();
  for (const character of plain) {
    if (prototypes.has(character) && BORROWED_SIGN.test(character)) scripts.add(SHAPES);
    if (!NO_SCRIPT.test(character)) scripts.add(SCRIPTS.findIndex((script) => script.test(character)));
  }
  return scripts;
}

function readPrototypes(): ReadonlyMap<string, string> {
  const prototypes = new Map<string, string>();
  const numberIn = (text: string) => Number.parseInt(text, 36);
  for (const row of CONFUSABLES.trim().split(' ')) {
    const [prototype = '', characters = ''] = row.split(':');
    const text = String.fromCodePoint(...prototype.split('-').map(numberIn));
    let codePoint = 0;
    for (const distance of characters.split(',')) {
      codePoint += numberIn(distance);
      prototypes.set(String.fromCodePoint(codePoint), text);
    }
  }
  return prototypes;
}
