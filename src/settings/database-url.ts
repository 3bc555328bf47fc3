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
