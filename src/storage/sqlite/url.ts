import type { DatabaseUrl } from '../../settings/database-url';

/** A file. */
export const SQLITE_URL: DatabaseUrl = {
  form: 'sqlite:PATH, a file, without a blank at either end',
  allows: (url) => /^sqlite:(?!:memory:$)(?!\s)[^\0\r\n]+(?<!\s)$/.test(url),
};
