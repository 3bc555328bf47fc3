import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(__dirname, '..');
const SRC = join(ROOT, 'src');

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'),
);

it('[A2] modules import only what architecture.mjs allows, without cycles', () => {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'lint:modules'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  // The list of violations is on the one, an outdated picture on the other.
  expect(status === 0 || stdout + stderr).toBe(true);
});

it('[A2] nothing hides an arrow or reads the environment outside the settings', () => {
  const hidden = files.filter((file) =>
    /forwardRef|EventEmitter2|moduleRef/i.test(readFileSync(join(SRC, file), 'utf8')),
  );
  expect(hidden).toEqual([]);
  const readers = files.filter((file) => readFileSync(join(SRC, file), 'utf8').includes('process.env'));
  expect(readers.filter((file) => !file.startsWith('settings/'))).toEqual([]);
});

it('[A7] a build writes only what has changed', () => {
  const written = execFileSync(process.execPath, ['-p', "require('./scripts/build').build()"], { cwd: ROOT });
  expect(String(written).trim()).toBe('0');
});

it('[A8] a word after the command of a suite selects its files', () => {
  const listed = (...command: string[]) =>
    execFileSync('npm', ['run', '--silent', ...command, '--', '/disk', '--listTests'], { cwd: ROOT, encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.endsWith('.ts'))
      .map((path) => relative(ROOT, path));
  expect(listed('test:faults')).toEqual(['test/disk.e2e-spec.ts']);
  expect(listed('test')).toEqual(['src/storage/sqlite/disk-pace.spec.ts']);
});

/** The files that show the rules of each section of SPEC.md. */
const SECTIONS: Record<string, readonly string[]> = {
  E: ['http', 'http-edge', 'http-memory', 'postgres-connection'],
  H: ['health', 'metrics'],
  M: ['messages'],
  Q: ['rest-writing'],
  W: ['websocket', 'websocket-handshake', 'websocket-property', 'presence', 'rude-clients', 'names'],
  V: [
    'websocket-v2',
    'websocket-property',
    'presence',
    'slow-readers',
    'message-writer',
    'cluster',
    'cluster-presence',
  ],
  F: ['event-stream'],
  L: ['limits', 'rude-clients', 'slow-readers', 'http-memory', 'tiny-chunks', 'start', 'postgres-privileges'],
  D: ['durability', 'disk', 'message-writer', 'sqlite-writer', 'start', 'writable-repositories'],
  B: ['cluster-bus', 'cluster', 'migrations'],
  C: ['cluster', 'cluster-presence'],
  G: ['postgres', 'postgres-connection'],
  T: ['move'],
  S: ['shutdown', 'shutdown-readers'],
  A: ['api-document', 'async-api-document', 'architecture', 'migrations', 'start'],
  K: ['deploy', 'balancer'],
  U: ['rolling-update'],
  R: ['proof', 'cluster-proof'],
  P: ['page', 'page-access', 'page-embedding', 'page-panel', 'page-everybody', 'front-end', 'front-end-history'],
  N: ['changes', 'cluster-changes', 'deleted-texts', 'message-changes'],
  I: ['access', 'access-abuse', 'access-sockets', 'names'],
  O: ['access-abuse', 'moderation', 'cluster-moderation'],
  X: ['python-example', 'conformance'],
  J: ['client', 'client-browser', 'client-connection', 'client-package'],
  Y: [
    'chat-room',
    'chat-room-everybody',
    'chat-room-identity',
    'chat-room-package',
    'chat-room-scroll',
    'chat-room-sending',
  ],
  Z: ['terminal', 'terminal-prompt'],
};

describe('SPEC.md', () => {
  const spec = readFileSync(join(__dirname, 'SPEC.md'), 'utf8');
  const rules = [...spec.matchAll(/^- \*\*\[([A-Z]\d+)\]\*\*/gm)].map(([, rule]) => rule!);
  const sources = readdirSync(__dirname)
    .filter((file) => file.endsWith('spec.ts'))
    .map((file) => ({
      file: file.replace(/\.(e2e-)?spec\.ts$/, ''),
      text: readFileSync(join(__dirname, file), 'utf8'),
    }));
  const tests = sources.flatMap(({ file, text }) =>
    [...text.matchAll(/['"`]\[([A-Z]\d+)\] /g)].map(([, rule]) => ({ file, rule: rule! })),
  );

  it('[A3] numbers a rule once, under the heading of its letter', () => {
    expect(new Set(rules).size).toBe(rules.length);
    const headings = spec.split(/^## /m).slice(1);
    const misplaced = headings.flatMap((section) =>
      [...section.matchAll(/^- \*\*\[([A-Z]\d+)\]/gm)]
        .map(([, rule]) => rule!)
        .filter((rule) => rule[0] !== section[0]),
    );
    expect(misplaced).toEqual([]);
  });

  it('[A3] has a test for each rule, and a rule for each test', () => {
    const tested = new Set(tests.map(({ rule }) => rule));
    const untested = rules.filter((rule) => !tested.has(rule));
    const unknown = [...tested].filter((rule) => !rules.includes(rule));
    expect({ 'rules without a test': untested, 'tests of no rule': unknown }).toEqual({
      'rules without a test': [],
      'tests of no rule': [],
    });
  });

  it('[A3] gives each end-to-end test the number of its rule', () => {
    const unnumbered = sources.flatMap(({ file, text }) =>
      Array.from(
        text.matchAll(/^ *it(?:\.each\(.*\))?\(\s*['"`](?!\[[A-Z]\d+\] )(.*)/gm),
        ([, title]) => `${file}: ${title!}`,
      ),
    );
    expect(unnumbered).toEqual([]);
  });

  it('[A3] has its rules tested in the files of their sections', () => {
    const strays = tests.filter(({ file, rule }) => !SECTIONS[rule[0]!]?.includes(file));
    const idle = Object.entries(SECTIONS).flatMap(([section, files]) =>
      files.filter((file) => !tests.some((test) => test.file === file && test.rule.startsWith(section))),
    );
    expect({ 'wrong number, or missing in SECTIONS': strays, 'in SECTIONS without a test': idle }).toEqual({
      'wrong number, or missing in SECTIONS': [],
      'in SECTIONS without a test': [],
    });
  });
});
