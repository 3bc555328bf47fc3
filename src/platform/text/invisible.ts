/**
 * Characters that show nothing, as a piece of a character class with the flag `u` or `v`: those that Unicode calls ignorable,
 * format characters, and blanks that are letters or symbols by name (Braille, object replacement, null notehead, hieroglyphs).
 */
export const INVISIBLE = String.raw`\p{Default_Ignorable_Code_Point}\p{Cf}\u2800\ufffc\u{1d159}\u{13441}\u{13442}`;

const VISIBLE = new RegExp(String.raw`[^\p{White_Space}${INVISIBLE}]`, 'u');

/** Whether a reader would see nothing of the text. */
export function isBlank(text: string): boolean {
  return !VISIBLE.test(text);
}
