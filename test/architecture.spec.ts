import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const SRC = join(__dirname, '../src');

/** The table of rooms: what each may import besides itself and packages. The start-up files may import everything. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  common: [],
  config: ['common'],
  metrics: ['common', 'config'],
  limits: ['common', 'config', 'metrics'],
  database: ['common', 'config', 'entities'],
  cluster: ['common', 'config', 'metrics'],
  stats: ['common', 'config', 'database'],
  messages: ['common', 'config', 'metrics', 'limits', 'database', 'stats', 'cluster'],
  chat: ['common', 'config', 'metrics', 'limits', 'database', 'stats', 'cluster', 'messages'],
  health: ['common', 'config', 'metrics', 'database', 'stats', 'cluster', 'messages', 'chat'],
  web: ['config'],
};
const START_UP = ['app.module.ts', 'app.setup.ts', 'main.ts'];

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'),
);

/** The files of `src` that a file imports. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  return [...text.matchAll(/(?:from|require\.resolve\() ?'(\.[^']+)'/g)]
    .map((match) => relative(SRC, resolve(SRC, dirname(file), match[1]!)).replace(/\.js$/, ''))
    .filter((path) => !path.startsWith('..'))
    .map((path) => `${path}.ts`);
}

function roomOf(file: string): string {
  return file.includes('/') ? file.split('/', 1)[0]! : '';
}

it('[A2] every file belongs to a room or to the start-up', () => {
  const strangers = files.filter((file) => !(roomOf(file) in ROOMS) && !START_UP.includes(file));
  expect(strangers).toEqual([]);
});

it('[A2] every import is of a file that exists', () => {
  const missing = files.flatMap((file) => importsOf(file).filter((imported) => !files.includes(imported)));
  expect(missing).toEqual([]);
});

it('[A2] rooms import only what the table allows', () => {
  const forbidden: string[] = [];
  for (const file of files.filter((name) => roomOf(name))) {
    const allowed = [roomOf(file), ...ROOMS[roomOf(file)]!];
    for (const imported of importsOf(file)) {
      const isEntity = imported.endsWith('.entity.ts') && allowed.includes('entities');
      if (!allowed.includes(roomOf(imported)) && !isEntity) forbidden.push(`${file} imports ${imported}`);
    }
  }
  expect(forbidden).toEqual([]);
});

it('[A2] no file imports itself, directly or through others', () => {
  const done = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) throw new Error(`cycle: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`);
    if (done.has(file)) return;
    for (const imported of importsOf(file)) visit(imported, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});

it('[A2] nothing hides an arrow or reads the environment behind the settings', () => {
  const hidden = files.filter((file) =>
    /forwardRef|EventEmitter2|moduleRef/i.test(readFileSync(join(SRC, file), 'utf8')),
  );
  expect(hidden).toEqual([]);
  const readers = files.filter((file) => readFileSync(join(SRC, file), 'utf8').includes('process.env'));
  expect(readers.filter((file) => roomOf(file) !== 'config')).toEqual([]);
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
