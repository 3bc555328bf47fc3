import { DUAL_JOINING, LEFT_JOINING, RIGHT_JOINING } from './joining-types';

const JOINER = /[\u200c\u200d]/;
/** RFC 5892, appendix A.1: between letters that would join. */
const NON_JOINER_BETWEEN_LETTERS = new RegExp(
  String.raw`(?<=[${DUAL_JOINING}${LEFT_JOINING}]\p{Mn}*)\u200c(?=\p{Mn}*[${DUAL_JOINING}${RIGHT_JOINING}])`,
  'gu',
);
const MARK_AND_JOINER = /(\p{M})[\u200c\u200d]/gu;

/**
 * A text without its zero-width joiners and non-joiners (U+200D, U+200C), where each stands where it changes what is seen
 * (RFC 5892, appendices A.1 and A.2), as in Persian and Indic words; undefined where one does not.
 */
export function withoutJoiners(text: string): string | undefined {
  if (!JOINER.test(text)) return text;
  const rest = text
    .replace(NON_JOINER_BETWEEN_LETTERS, '')
    .replace(MARK_AND_JOINER, (both, mark: string) => (isVirama(mark) ? mark : both));
  return JOINER.test(rest) ? undefined : rest;
}

/**
 * Canonical combining class 9, which regular expressions do not know. Normalisation sorts marks by class, and so changes places
 * with one of class 10 in front (U+05B0) and with one of class 8 behind (U+3099).
 */
function isVirama(mark: string): boolean {
  return isReordered(`\u05b0${mark}`) && isReordered(`${mark}\u3099`);
}

function isReordered(marks: string): boolean {
  return marks.normalize('NFD') !== marks;
}
