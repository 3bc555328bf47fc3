import { chooseLanguage } from './language';

describe('chooseLanguage', () => {
  it.each([
    [undefined, 'de'],
    ['', 'de'],
    ['*', 'de'],
    ['en', 'en'],
    ['en-GB,en;q=0.9', 'en'],
    ['de-AT', 'de'],
    ['fr, en;q=0.5, de;q=0.4', 'en'],
    ['fr', 'de'],
    ['en;q=0', 'de'],
    ['\u0000;;q=', 'de'],
  ])('%p gives %s', (header, expected) => {
    expect(chooseLanguage(header, 'de')).toBe(expected);
  });

  it('falls back to the configured language', () => {
    expect(chooseLanguage('fr', 'en')).toBe('en');
  });
});
