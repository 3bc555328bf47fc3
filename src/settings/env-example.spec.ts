import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { Settings } from './settings';

const defaults = Object.fromEntries(Object.entries(new Settings()).map(([name, value]) => [name, String(value)]));

it('.env.example holds every setting with its default', () => {
  const example = readFileSync('.env.example', 'utf8').replace(/^# (?=[A-Z_]+=)/gm, '');
  // The default of LOG_FORMAT depends on the terminal; the file names the one without.
  expect(parseEnv(example)).toEqual({ ...defaults, LOG_FORMAT: 'json' });
});

describe('the table in README.md', () => {
  const rows = readFileSync('README.md', 'utf8').matchAll(/^\| *`([A-Z_]+)` *\|([^|]*)\|/gm);
  const table = new Map(Array.from(rows, ([, name, value]) => [name, value!.replaceAll('`', '').trim()]));

  it.each(Object.entries(defaults))('names %s with its default', (name, value) => {
    expect(table.get(name)).toEqual(name === 'LOG_FORMAT' ? expect.anything() : value);
  });
});
