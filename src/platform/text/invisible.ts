/**
 * Invisible characters, as a fragment of a character class (flag `u` or `v`): default-ignorable and format characters, and
 * blanks that Unicode classifies as letters, marks or symbols (Braille, object replacement, null notehead, hieroglyphs, Khitan).
 */
export const INVISIBLE = String.raw`\p{Default_Ignorable_Code_Point}\p{Cf}\u{16fe4}\u2800\ufffc\u{1d159}\u{13441}\u{13442}`;

const VISIBLE = new RegExp(String.raw`[^\p{White_Space}${INVISIBLE}]`, 'u');

/** Whether the text has no visible character. */
export function isBlank(text: string): boolean {
  return !VISIBLE.test(text);
}
