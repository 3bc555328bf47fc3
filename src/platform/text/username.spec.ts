import fc from 'fast-check';
import { anyText } from '../../../test/support/any-text';
import { MAX_GIVEN_USERNAME_LENGTH, namesMeant, normalizeUsername } from './username';

/** Real names by script. */
const NAMES = {
  Latin: ['Jürgen Müller 3', 'Nguyễn Thị Ánh', "O'Brien-Łukasz", 'Ọládùnní Ọ̀ṣọ́'],
  Greek: ['Ἀριστοτέλης', 'Γιώργος'],
  Cyrillic: ['Аліна Їжак', 'Юрій'],
  Armenian: ['Գրիգոր'],
  Georgian: ['ნინო'],
  Hebrew: ['יִצְחָק', 'שרה'],
  Arabic: ['محمد', 'عَبْدُ ٱلرَّحْمٰن', 'علی‌رضا', 'می‌خواهم'],
  Syriac: ['ܝܘܚܢܢ'],
  Devanagari: ['अर्जुन', 'ख़ाँ', 'फ़ैज़ान', 'मीनाक्षी', 'क्‍षितिज', 'श्रीमान्‌जी'],
  Bengali: ['সুমাইয়া', 'চাঁদ'],
  Gurmukhi: ['ਗੁਰਪ੍ਰੀਤ'],
  Gujarati: ['હર્ષ'],
  Odia: ['ଜଗନ୍ନାଥ'],
  Tamil: ['கார்த்திக்', 'ஸ்ரீ'],
  Telugu: ['కృష్ణ'],
  Kannada: ['ಶ್ರೀನಿವಾಸ'],
  Malayalam: ['ലക്ഷ്മി', 'മോഹന്‍'],
  Sinhala: ['ශ්‍රී', 'චන්ද්‍රිකා'],
  Thai: ['ณัฐพล', 'ที่รัก', 'น้ำ'],
  Lao: ['ບຸນມີ', 'ສີທັນດອນ'],
  Tibetan: ['བསྟན་འཛིན', 'སྒྲོལ་མ'],
  Burmese: ['ကျော်', 'ဖြိုး', 'မျှော်'],
  Khmer: ['ស្រីមុំ', 'ស៊ុំ'],
  Ethiopic: ['አበበ'],
  Han: ['王小明', '𠮷田'],
  Kana: ['さくら', 'がんばルビィ'],
  Hangul: ['김민준'],
  Mongolian: ['ᠪᠠᠲᠤ'],
  NKo: ['ߞߊ߲ߞߊ߲'],
  Adlam: ['𞤀𞤣𞤤𞤢𞤥'],
};
const EMOJI = ['👨‍👩‍👧‍👦', '👩🏽‍🚀', '🏳️‍🌈', '❤️‍🔥', '🇩🇪', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '1️⃣', '#️⃣', '❤️', '❤', '☝🏽', '👋🏿', '©️'];

describe('normalizeUsername', () => {
  it.each(Object.entries(NAMES).flatMap(([script, names]) => names.map((name) => [script, name])))(
    'takes names in %s: %s',
    (_script, name) => expect(normalizeUsername(name)).toBe(name.normalize('NFC')),
  );

  it.each(EMOJI)('accepts %s, alone and in names', (emoji) => {
    for (const name of [emoji, `eva ${emoji}`, `${emoji}${emoji} eva`]) expect(normalizeUsername(name)).toBe(name);
  });

  it.each([
    ['  max  ', 'max'],
    ['\ufeff\u3000\tmax\n\u2028', 'max'],
    ['max   von  Muster', 'max von Muster'],
    ['e\u0301', 'é'],
    ['x'.repeat(50), 'x'.repeat(50)],
    ['😀'.repeat(50), '😀'.repeat(50)],
    ['\u1f82'.normalize('NFD').repeat(50), '\u1f82'.repeat(50)],
    ['...', '...'],
    ['.\u0301', '.\u0301'],
  ])('%p becomes %p', (given, name) => expect(normalizeUsername(given)).toBe(name));

  it.each([
    ['', 'username_length'],
    ['   ', 'username_length'],
    ['x'.repeat(51), 'username_length'],
    ['😀'.repeat(51), 'username_length'],
    [`${' '.repeat(MAX_GIVEN_USERNAME_LENGTH)}x`, 'username_length'],
    ['.', 'username_dots'],
    [' .. ', 'username_dots'],
    ['eva\u2028admin', 'username_space'],
    ['eva\u2029admin', 'username_space'],
    ['eva\u00a0admin', 'username_space'],
    ['eva\u3000admin', 'username_space'],
    ['eva\u2003admin', 'username_space'],
    ['a\u0000b', 'username_characters'],
    ['a\nb', 'username_characters'],
    ['a\u0085', 'username_characters'],
    ['a\u200bb', 'username_characters'],
    ['a\u202eb', 'username_characters'],
    ['a\u00adb', 'username_characters'],
    ['\ue000', 'username_characters'],
    ['\u0378', 'username_characters'],
    ['\ud800', 'username_characters'],
    ['a\u{e0001}', 'username_characters'],
    ['\u2800', 'username_characters'],
    ['eva\u{16fe4}', 'username_characters'],
    ['eva\u3164', 'username_characters'],
    ['\uffa0', 'username_characters'],
    ['\u115f\u1160', 'username_characters'],
    ['eva\u034f', 'username_characters'],
    ['a\ufe0f', 'username_characters'],
    ['😀\ufe0f', 'username_characters'],
    ['1\ufe0f', 'username_characters'],
    ['\ufe0f', 'username_characters'],
    ['a\u{e0100}', 'username_characters'],
    ['🏴\u{e0067}\u{e007f}', 'username_characters'],
    ['\ufffc', 'username_characters'],
    ['\u0301', 'username_marks'],
    ['max \u0301', 'username_marks'],
    [`x${'\u0301'.repeat(3)}`, 'username_marks'],
    [`a${'\u0316'.repeat(49)}`, 'username_marks'],
    [`ก${'\u0e47'.repeat(3)}`, 'username_marks'],
    [`क${'\u0902'.repeat(3)}`, 'username_marks'],
    ['a\u0f72\u0f74\u0f71', 'username_marks'],
    ['eva\u200d', 'username_joiners'],
    ['e\u200cva', 'username_joiners'],
    ['\u200dक', 'username_joiners'],
    ['क\u200d', 'username_joiners'],
    ['क्\u200d\u200d', 'username_joiners'],
    ['محمد\u200cرضا', 'username_joiners'],
    ['علی\u200c', 'username_joiners'],
    ['علی\u200c\u200cرضا', 'username_joiners'],
    ['👨\u200d', 'username_joiners'],
    ['👨\u200d🍕', 'username_joiners'],
  ])('refuses %p: %s', (given, reason) => expect(() => normalizeUsername(given)).toThrow(reason));

  const part = fc.oneof(
    { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 8 }) },
    { weight: 3, arbitrary: fc.constantFrom(...Object.values(NAMES).flat(), ...EMOJI) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(' ', '  ', '\u00a0', '\u200c', '\u200d', '\ufe0f', '\u0301', '्', '\u0316'),
    },
    { weight: 1, arbitrary: anyText({ maxLength: 3 }) },
  );
  const accepted = fc
    .array(part, { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join(''))
    .filter((given) => {
      try {
        normalizeUsername(given);
        return true;
      } catch {
        return false;
      }
    });

  it('is idempotent, and maps canonically equivalent names to the same name', () => {
    fc.assert(
      fc.property(accepted, (given) => {
        const name = normalizeUsername(given);
        for (const form of [name, name.normalize('NFD'), given.normalize('NFC'), given.normalize('NFD')]) {
          expect(normalizeUsername(form)).toBe(name);
          expect(namesMeant(form)).toContain(name);
        }
      }),
    );
  });

  it('returns names with a visible character and no invisible one at either end', () => {
    fc.assert(
      fc.property(accepted, (given) => {
        expect(normalizeUsername(given)).toMatch(/^[\p{L}\p{N}\p{P}\p{S}](?: ?[^\p{Z}\p{Cc}])*$/u);
      }),
    );
  });
});

describe('namesMeant', () => {
  it.each([
    [' Zoe\u0308 ', ['Zoë']],
    ['a  b', ['a  b', 'a b']],
    ['eva\u3164', ['eva\u3164']],
    ['a\0', []],
    ['x'.repeat(MAX_GIVEN_USERNAME_LENGTH + 1), []],
  ])('%p means %j', (given, names) => expect(namesMeant(given)).toEqual(names));
});
