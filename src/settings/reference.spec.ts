import { parseEnv } from 'node:util';
import { MaxLength } from 'class-validator';
import { allowedFor, envExample, withSettingsBlock } from './reference';
import { Setting } from './setting.decorator';
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

it('a setting with a rule that does not say what is allowed is refused', () => {
  class Section {
    @Setting('Greeting that clients show.')
    @MaxLength(20)
    readonly GREETING: string = 'hello';
  }
  expect(() => allowedFor(Section, 'GREETING', new Section())).toThrow(
    'GREETING needs a rule, and each of its rules a `message` that says what is allowed',
  );
  expect(() => allowedFor(Section, 'UNRULED', new Section())).toThrow('UNRULED needs a rule');
});
