import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const SRC = join(ROOT, 'src');

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'),
);

it('[A2] modules import only what architecture.mjs allows, without cycles', () => {
  // Throws with the list of violations.
  execFileSync('npm', ['run', '--silent', 'lint:modules'], { cwd: ROOT, encoding: 'utf8' });
});

it('[A2] nothing hides an arrow or reads the environment behind the settings', () => {
  const hidden = files.filter((file) =>
    /forwardRef|EventEmitter2|moduleRef/i.test(readFileSync(join(SRC, file), 'utf8')),
  );
  expect(hidden).toEqual([]);
  const readers = files.filter((file) => readFileSync(join(SRC, file), 'utf8').includes('process.env'));
  expect(readers.filter((file) => !file.startsWith('settings/'))).toEqual([]);
});

it('[A3] every rule has a test, and every test a rule', () => {
  const rules = [...readFileSync(join(__dirname, 'SPEC.md'), 'utf8').matchAll(/\*\*\[([A-Z]\d+)\]\*\*/g)].map(
    (m) => m[1]!,
  );
  const specs = readdirSync(__dirname).filter((file) => file.endsWith('spec.ts'));
  const tested = specs.flatMap((file) =>
    [...readFileSync(join(__dirname, file), 'utf8').matchAll(/['"`]\[([A-Z]\d+)\] /g)].map((match) => match[1]!),
  );
  expect(new Set(rules).size).toBe(rules.length);
  expect(rules.filter((rule) => !tested.includes(rule))).toEqual([]);
  expect([...new Set(tested)].filter((rule) => !rules.includes(rule))).toEqual([]);
});
