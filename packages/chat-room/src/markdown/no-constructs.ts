/**
 * Methods of marked's tokenizer for constructs that would hide text or surprise authors who did not intend them: indented code,
 * headings, rules, HTML, references, tables, escapes. The build leaves them out of the script.
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
