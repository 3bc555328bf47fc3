import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { envExample, essentialTable, settingsTables, withSettingsBlock } from './reference';
import { Settings } from './settings';

const read = (path: string) => readFileSync(path, 'utf8');

// `npm run docs:write` regenerates all three.
describe('the committed documents', () => {
  it('.env.example', () => expect(read('.env.example')).toBe(envExample()));

  it('docs/settings.md', () => {
    expect(read('docs/settings.md')).toContain('<!-- settings -->');
    expect(read('docs/settings.md')).toBe(withSettingsBlock(read('docs/settings.md'), settingsTables()));
  });

  it('the table in README.md', () => {
    expect(read('README.md')).toBe(withSettingsBlock(read('README.md'), essentialTable()));
  });
});

it('.env.example sets every setting to its default once uncommented', () => {
  const defaults = Object.entries(new Settings()).map(([name, value]) => [name, String(value)]);
  const example = envExample().replace(/^# (?=[A-Z_]+=)/gm, '');
  expect(parseEnv(example)).toEqual({ ...Object.fromEntries(defaults), LOG_FORMAT: 'json' });
});

it('the block replaces the text between the marks, and nothing else', () => {
  const document = 'before\n<!-- settings -->\nold $1\n<!-- /settings -->\nafter\n';
  expect(withSettingsBlock(document, 'new $1')).toBe(
    'before\n<!-- settings -->\n\nnew $1\n<!-- /settings -->\nafter\n',
  );
  expect(withSettingsBlock('no marks', 'new')).toBe('no marks');
});
