/** Colours of names on light and dark backgrounds; contrast at least 4.5:1 on every background of a name. */
export const ON_LIGHT = [
  '#a3341f',
  '#8a4b08',
  '#6f5a00',
  '#4a6410',
  '#1f6b2e',
  '#0c6a58',
  '#0b6478',
  '#145fa3',
  '#3f51b8',
  '#6a42b5',
  '#8a33a0',
  '#a32a6b',
] as const;
export const ON_DARK = [
  '#f49a86',
  '#eaa35c',
  '#d6b54a',
  '#b0c766',
  '#84cf8c',
  '#66cfb6',
  '#68c9e0',
  '#88bdf2',
  '#a5b0f5',
  '#c3a6f4',
  '#dda0ee',
  '#f49cc8',
] as const;
