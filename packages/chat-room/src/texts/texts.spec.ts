import { de } from './de.js';
import { en } from './en.js';
import { languageOf } from './texts.js';

describe('texts', () => {
  it('are the same in both languages, and none is empty', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(de).sort());
    expect(Object.keys(en.errors).sort()).toEqual(Object.keys(de.errors).sort());
    const plain = [de, en].flatMap((texts) => Object.values(texts).filter((text) => typeof text === 'string'));
    expect(plain.filter((text) => text.trim() === '')).toEqual([]);
  });

  it('are of the first language that is known', () => {
    expect(languageOf('fr', 'de-AT', 'en')).toBe('de');
    expect(languageOf(null, undefined, 'EN_us')).toBe('en');
    expect(languageOf('fr')).toBe('en');
  });
});
