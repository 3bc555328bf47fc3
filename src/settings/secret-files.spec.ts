import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from './load-settings';
import { misspeltSettings } from './misspelt';

const SECRET = 'a secret of at least thirty-two characters';

const folder = mkdtempSync(join(tmpdir(), 'chat-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (content: string | Buffer) => {
  const path = join(folder, 'secret');
  writeFileSync(path, content);
  return path;
};

it.each(['AUTH_JWT_SECRET', 'MODERATOR_TOKEN', 'METRICS_TOKEN', 'CLUSTER_SECRET'])('reads %s from a file', (name) => {
  const secret = SECRET.replaceAll(' ', '-');
  const settings = readSettings({ [`${name}_FILE`]: file(`${secret}\r\n`) });
  expect(settings).toMatchObject({ [name]: secret });
});

it('reads URLs and the previous secret from files', () => {
  const url = 'postgres://chat:geheim@db/chat';
  expect(readSettings({ DATABASE_URL_FILE: file(`${url}\n`) }).DATABASE_URL).toBe(url);
  const redis = { DATABASE_URL: url, REDIS_URL_FILE: file('redis://redis:6379') };
  expect(readSettings(redis).REDIS_URL).toBe('redis://redis:6379');
  const rotated = { AUTH_JWT_SECRET: SECRET, AUTH_JWT_SECRET_PREVIOUS_FILE: file(SECRET) };
  expect(readSettings(rotated).AUTH_JWT_SECRET_PREVIOUS).toBe(SECRET);
});

it('refuses a file that cannot be read, without quoting it', () => {
  const read = (path: string) => () => readSettings({ AUTH_JWT_SECRET_FILE: path });
  expect(read(join(folder, 'none'))).toThrow(/^cannot read the file of AUTH_JWT_SECRET_FILE, .*none: /);
  expect(read(folder)).toThrow(/^cannot read the file of AUTH_JWT_SECRET_FILE/);
  // Reading these would never end.
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  expect(read(join(folder, 'pipe'))).toThrow(/pipe: it is not a file$/);
  expect(read('/dev/zero')).toThrow(/zero: it is not a file$/);
  expect(read(file('\n'))).toThrow(/it is empty$/);
  expect(read(file(Buffer.from([0xff, 0x67])))).toThrow(/it is not UTF-8$/);
  expect(read(file('x'.repeat(70_000)))).toThrow(/larger than 65536 bytes$/);
  expect(read(file('geheim'))).toThrow(/^AUTH_JWT_SECRET="…" is not allowed/);
  expect(() => readSettings({ AUTH_JWT_SECRET: SECRET, AUTH_JWT_SECRET_FILE: file(SECRET) })).toThrow(
    /^AUTH_JWT_SECRET and AUTH_JWT_SECRET_FILE are both set/,
  );
});

it('knows the variables when it looks for misspelt ones', () => {
  expect(misspeltSettings({ AUTH_JWT_SECRET_FILE: '/x', DATABASE_URL_FILE: '/x' })).toEqual([]);
  expect(misspeltSettings({ AUTH_JWT_SECRETFILE: '/x' })).toEqual([
    expect.stringContaining('did you mean AUTH_JWT_SECRET_FILE?'),
  ]);
});
