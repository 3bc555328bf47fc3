import { parseEnv } from 'node:util';
import { envExample, withSettingsBlock } from './reference';
import { Settings } from './settings';

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
