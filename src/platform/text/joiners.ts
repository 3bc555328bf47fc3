import { DUAL_JOINING, LEFT_JOINING, RIGHT_JOINING } from './joining-types';

const JOINER = /[\u200c\u200d]/;
/** RFC 5892, appendix A.1: a non-joiner between letters that would join. */
const NON_JOINER_BETWEEN_LETTERS = new RegExp(
  String.raw`(?<=[${DUAL_JOINING}${LEFT_JOINING}]\p{Mn}*)\u200c(?=\p{Mn}*[${DUAL_JOINING}${RIGHT_JOINING}])`,
  'gu',
);
const MARK_AND_JOINER = /(\p{M})[\u200c\u200d]/gu;

/**
 * Removes zero-width joiners and non-joiners (U+200D, U+200C) that are valid in their context by RFC 5892, appendices A.1 and
 * A.2, as in Persian and Indic words. undefined if another one remains: it would make two names look the same.
 */
export function withoutJoiners(text: string): string | undefined {
  if (!JOINER.test(text)) return text;
  const rest = text
    .replace(NON_JOINER_BETWEEN_LETTERS, '')
    .replace(MARK_AND_JOINER, (both, mark: string) => (isVirama(mark) ? mark : both));
  return JOINER.test(rest) ? undefined : rest;
}

/**
 * Whether a mark has canonical combining class 9, for which regular expressions have no property. Normalisation sorts marks by
 * class: only a virama is reordered both after one of class 10 (U+05B0) and before one of class 8 (U+3099).
 */
function isVirama(mark: string): boolean {
  return isReordered(`\u05b0${mark}`) && isReordered(`${mark}\u3099`);
}

function isReordered(marks: string): boolean {
  return marks.normalize('NFD') !== marks;
}
