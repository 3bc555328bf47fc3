import { readFileSync } from 'node:fs';
import { envExample, essentialTable, settingsTables, withSettingsBlock } from '../settings/reference';
// The documents name the URLs of every kind of database.
import './create-storage';

const read = (path: string) => readFileSync(path, 'utf8');

describe('the committed documents (regenerate with npm run docs:write)', () => {
  it('.env.example', () => expect(read('.env.example')).toBe(envExample()));

  it('docs/settings.md', () => {
    expect(read('docs/settings.md')).toContain('<!-- settings -->');
    expect(read('docs/settings.md')).toBe(withSettingsBlock(read('docs/settings.md'), settingsTables()));
  });

  it('the table in README.md', () => {
    expect(read('README.md')).toBe(withSettingsBlock(read('README.md'), essentialTable()));
  });
});
