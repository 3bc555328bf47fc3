import { AppError } from '../errors/app-error';
import { countCodePoints } from './code-points';
import type { ErrorReason } from '../errors/error-table';
import { INVISIBLE } from './invisible';
import { withoutJoiners } from './joiners';

export const MAX_USERNAME_LENGTH = 50;
/**
 * UTF-16 units of a name as it is given: room for its longest spelling, four for each code point, and white space around it.
 * More is refused unread, as the time that normalisation takes grows with the square of the length.
 */
export const MAX_GIVEN_USERNAME_LENGTH = 256;

/** Sequences recommended for interchange, of those that need joiners, variation selectors or tags. */
const EMOJI = new RegExp(
  String.raw`[\p{RGI_Emoji_ZWJ_Sequence}\p{RGI_Emoji_Tag_Sequence}\p{Emoji_Keycap_Sequence}]|(?![\p{Emoji_Presentation}0-9#*])\p{Emoji}\ufe0f`,
  'gv',
);
// Compiled by its first use and anew by its second, tens of milliseconds each: not while somebody waits.
EMOJI.test('☺');
EMOJI.test('☺');
const IN_EMOJI = /\u200d|\ufe0f|\u{e007f}/u;

const OTHER_SPACE = /(?! )\p{Z}/u;
/** \p{C}: control, format, private-use and unassigned characters, and lone surrogates. */
const NOT_IN_NAMES = new RegExp(String.raw`[\p{C}${INVISIBLE}]`, 'u');

const MARK_ALONE = /(?:^| )\p{M}/u;
const THREE_MARKS = /\p{M}{3}/u;
/** Scripts in which vowels, medials and stacked consonants of one syllable are marks. */
const BRAHMIC = [
  ...['Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala'],
  ...['Tibetan', 'Myanmar', 'Khmer', 'Balinese', 'Javanese', 'Sundanese', 'Tai_Tham', 'Cham', 'Meetei_Mayek', 'Newa'],
]
  .map((script) => String.raw`\p{Script=${script}}`)
  .join('');
/** Three to six marks on a letter of these scripts, no mark twice. */
const SYLLABLE = new RegExp(
  String.raw`([[${BRAHMIC}]&&\p{L}])(?!\p{M}*(\p{M})\p{M}*\2)[[${BRAHMIC}]&&\p{M}]{3,6}(?!\p{M})`,
  'gv',
);

/**
 * The name in the form it is stored and compared in: that of a nickname (RFC 8266), case kept. What looks like nothing, or makes
 * two names look the same, is not in it, as far as one name alone can tell.
 * @throws AppError that says what is wrong with it
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
 * The names that somebody who asks for this one can mean, none where nobody ever had such a name. Stored names are older than
 * some of the rules: they may have any characters but NUL, and several spaces in a row.
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
  // In a URL they stand for another path, encoded or not.
  if (name === '.' || name === '..') return 'username_dots';
  const withoutEmoji = IN_EMOJI.test(name) ? name.replace(EMOJI, 'x') : name;
  const plain = withoutJoiners(withoutEmoji);
  if (plain === undefined) return 'username_joiners';
  if (OTHER_SPACE.test(plain)) return 'username_space';
  if (NOT_IN_NAMES.test(plain)) return 'username_characters';
  if (MARK_ALONE.test(plain) || THREE_MARKS.test(plain.replace(SYLLABLE, '$1'))) return 'username_marks';
  return undefined;
}
