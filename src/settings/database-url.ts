import type { Settings } from './settings';

/** Whether `DATABASE_URL` names a PostgreSQL server rather than a SQLite file. */
export function usesPostgres(settings: Readonly<Settings>): boolean {
  return /^postgres(ql)?:/.test(settings.DATABASE_URL);
}

/**
 * A URL as it may be logged. The password goes, also out of a URL that is malformed, and so do the parameters, which may
 * hold one, too. With an `@` behind the `?`, either may be the password's own: then nothing can be told apart.
 */
export function withoutSecrets(url: string): string {
  if (/^sqlite:/.test(url)) return url;
  const scheme = /^[a-z]+:\/\//.exec(url)?.[0] ?? '';
  // Without a scheme it may be a list such as `host=db password=…`.
  if (/\?.*@/s.test(url) || (scheme === '' && url.includes('='))) return `${scheme}…`;
  return scheme + url.slice(scheme.length).replace(/\?.*$/s, '').replace(/:.*@/s, '@');
}
