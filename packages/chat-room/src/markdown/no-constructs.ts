/**
 * Methods of marked's tokenizer for what would hide a text, or surprise those who did not mean it: indented code, headings, rules,
 * HTML, references, tables, escapes. The build leaves them out of the script.
 */
export const NO_CONSTRUCTS = [
  'code',
  'heading',
  'lheading',
  'hr',
  'html',
  'def',
  'table',
  'escape',
  'tag',
  'reflink',
] as const;
