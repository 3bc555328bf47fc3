import { AppError } from '../errors/app-error';
import { countCodePoints } from './code-points';
import type { ErrorReason } from '../errors/error-table';
import { INVISIBLE } from './invisible';
import { withoutJoiners } from './joiners';

/** Maximum length in code points. */
export const MAX_USERNAME_LENGTH = 50;
/**
 * Maximum input length in UTF-16 units: room for four units per code point before normalisation, and surrounding white space.
 * Checked first, as the time of normalisation is quadratic in the length.
 */
export const MAX_GIVEN_USERNAME_LENGTH = 256;

/** Emoji recommended for general interchange (RGI) that contain joiners, variation selectors or tags. */
const EMOJI = new RegExp(
  String.raw`[\p{RGI_Emoji_ZWJ_Sequence}\p{RGI_Emoji_Tag_Sequence}\p{Emoji_Keycap_Sequence}]|(?![\p{Emoji_Presentation}0-9#*])\p{Emoji}\ufe0f`,
  'gv',
);
// Warm-up: V8 compiles it to bytecode at its first use and to machine code at its second, in tens of milliseconds each.
EMOJI.test('☺');
EMOJI.test('☺');
const IN_EMOJI = /\u200d|\ufe0f|\u{e007f}/u;

const OTHER_SPACE = /(?! )\p{Z}/u;
/** \p{C}: control, format, private-use and unassigned characters, and lone surrogates. */
const NOT_IN_NAMES = new RegExp(String.raw`[\p{C}${INVISIBLE}]`, 'u');

const MARK_ALONE = /(?:^| )\p{M}/u;
const THREE_MARKS = /\p{M}{3}/u;
/** Scripts that write vowels, medials and stacked consonants of one syllable as marks. */
const BRAHMIC = [
  ...['Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala'],
  ...['Tibetan', 'Myanmar', 'Khmer', 'Balinese', 'Javanese', 'Sundanese', 'Tai_Tham', 'Cham', 'Meetei_Mayek', 'Newa'],
]
  .map((script) => String.raw`\p{Script=${script}}`)
  .join('');
/** Three to six marks on a letter of these scripts, without repetition. */
const SYLLABLE = new RegExp(
  String.raw`([[${BRAHMIC}]&&\p{L}])(?!\p{M}*(\p{M})\p{M}*\2)[[${BRAHMIC}]&&\p{M}]{3,6}(?!\p{M})`,
  'gv',
);

/**
 * The form in which a name is stored and compared: the Nickname profile of PRECIS (RFC 8266), case preserved. Refuses invisible
 * characters, and those that could make two names look the same, as far as a single name shows it.
 * @throws AppError naming the rule that the name breaks
 */
export function normalizeUsername(given: string): string {
  const name = given.length > MAX_GIVEN_USERNAME_LENGTH ? '' : oneSpaced(composed(given));
  if (name === '' || countCodePoints(name) > MAX_USERNAME_LENGTH) {
    throw new AppError('username_length', { max: MAX_USERNAME_LENGTH });
  }
  const fault = faultOf(name);
  if (fault) throw new AppError(fault);
  return name;
}

/**
 * The stored names that a query for this one can mean; empty if such a name cannot be stored. Stored names may be older than
 * the rules above: they can contain any character but NUL, and consecutive spaces.
 */
export function namesMeant(given: string): readonly string[] {
  if (given.length > MAX_GIVEN_USERNAME_LENGTH || given.includes('\0')) return [];
  const name = composed(given);
  return [...new Set([name, oneSpaced(name)])];
}

function composed(given: string): string {
  return given.trim().normalize('NFC');
}

function oneSpaced(name: string): string {
  return name.replace(/ +/g, ' ');
}

function faultOf(name: string): ErrorReason | undefined {
  // Path segments with a special meaning in URLs, even if percent-encoded.
  if (name === '.' || name === '..') return 'username_dots';
  const withoutEmoji = IN_EMOJI.test(name) ? name.replace(EMOJI, 'x') : name;
  const plain = withoutJoiners(withoutEmoji);
  if (plain === undefined) return 'username_joiners';
  if (OTHER_SPACE.test(plain)) return 'username_space';
  if (NOT_IN_NAMES.test(plain)) return 'username_characters';
  if (MARK_ALONE.test(plain) || THREE_MARKS.test(plain.replace(SYLLABLE, '$1'))) return 'username_marks';
  return undefined;
}
