import { de, type Texts } from './de.js';
import { en } from './en.js';

export type Language = 'de' | 'en';

const TEXTS: Record<Language, Texts> = { de, en };

export function textsOf(language: Language): Texts {
  return TEXTS[language];
}

/** The first supported language of the element, the page around it, and the browser. */
export function languageOf(...wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const [code] = (wish ?? '').toLowerCase().split(/[-_]/, 1);
    if (code === 'de' || code === 'en') return code;
  }
  return 'en';
}
