/** The URLs of one kind of database. */
export interface DatabaseUrl {
  /** For operators: completes the sentence "allowed: …". */
  readonly form: string;
  allows(url: string): boolean;
}

let allowed: readonly DatabaseUrl[] = [];

/**
 * Sets the allowed forms of `DATABASE_URL`. The storage calls it on import, before settings are read: this module must not know
 * the kinds of databases. A program without storage accepts any URL.
 */
export function allowDatabaseUrls(urls: readonly DatabaseUrl[]): void {
  allowed = urls;
}

export function isDatabaseUrl(value: string): boolean {
  return allowed.length === 0 || allowed.some((kind) => kind.allows(value));
}

/** The allowed forms, for operators. */
export function databaseUrlForms(): string {
  return allowed.map(({ form }) => form).join(', or ');
}

/**
 * A URL fit for logs: without its password, even when malformed, and without its parameters, which may hold another one. With an
 * `@` after the `?`, either may be part of the password, so nothing but the scheme is kept.
 */
export function withoutSecrets(url: string): string {
  if (/^sqlite:/.test(url)) return url;
  const scheme = /^[a-z]+:\/\//.exec(url)?.[0] ?? '';
  // Without a scheme it may be a list such as `host=db password=…`.
  if (/\?.*@/s.test(url) || (scheme === '' && url.includes('='))) return `${scheme}…`;
  return scheme + url.slice(scheme.length).replace(/\?.*$/s, '').replace(/:.*@/s, '@');
}
