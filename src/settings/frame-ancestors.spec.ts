import { parseFrameAncestors } from './frame-ancestors';

describe('parseFrameAncestors', () => {
  it.each([
    ["'none'", ["'none'"]],
    ['none', ["'none'"]],
    ["'self'", ["'self'"]],
    ['self, https://intranet.example.org', ["'self'", 'https://intranet.example.org']],
    ['https://a.example,https://*.b.example:8443', ['https://a.example', 'https://*.b.example:8443']],
    ["'self' http://localhost:3000", ["'self'", 'http://localhost:3000']],
    ['http://[::1]:8000', ['http://[::1]:8000']],
    ['capacitor://localhost', ['capacitor://localhost']],
  ])('takes %s', (setting, sources) => expect(parseFrameAncestors(setting)).toEqual(sources));

  it.each([
    '',
    ' , ',
    '*',
    "'none', https://a.example",
    'a.example',
    'https:',
    'https://a.example/path',
    'https://*',
    'https://a;script-src.example',
    "https://a'self'.example",
    'https://bücher.example',
    'htps://a.example',
    "'self",
    "'unsafe-inline'",
  ])('refuses »%s«', (setting) => expect(parseFrameAncestors(setting)).toBeUndefined());
});
