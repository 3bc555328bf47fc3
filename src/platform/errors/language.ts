import Negotiator from 'negotiator';

export const LANGUAGES = ['de', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The best match between an `Accept-Language` header (RFC 9110, 12.5.4) and the languages of the error texts. */
export function chooseLanguage(header: string | undefined, fallback: Language): Language {
  // Programs rarely send the header, and negotiation costs more than all other checks of a connection.
  if (!header) return fallback;
  const preferred = [fallback, ...LANGUAGES.filter((language) => language !== fallback)];
  const match = new Negotiator({ headers: { 'accept-language': header } }).language(preferred);
  return (match as Language | undefined) ?? fallback;
}
