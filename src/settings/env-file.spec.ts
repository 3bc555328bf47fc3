import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartupError } from '../platform/errors/startup-error';
import { readEnvFile } from './env-file';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'env-'));
  path = join(folder, '.env');
});
afterEach(() => rmSync(folder, { recursive: true }));

const TEXT = 'PORT=1\r\nHOST="::1"\r\n# DEFAULT_LANGUAGE=en\r\n';

it.each([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with a mark', Buffer.from(`\uFEFF${TEXT}`)],
  ['UTF-16, little-endian', Buffer.from(`\uFEFF${TEXT}`, 'utf16le')],
  ['UTF-16, big-endian', Buffer.from(`\uFEFF${TEXT}`, 'utf16le').swap16()],
])('reads %s', (_encoding, bytes) => {
  writeFileSync(path, bytes);
  expect(readEnvFile(path)).toEqual({ PORT: '1', HOST: '::1' });
});

it('is empty without a file', () => expect(readEnvFile(path)).toEqual({}));

it.each([
  ['a folder', () => mkdirSync(path), 'it is a folder'],
  ['a dangling link', () => symlinkSync('nothing', path), 'it is not there'],
  ['a link to itself', () => symlinkSync('.env', path), 'its links lead in a circle'],
  ['in another encoding', () => writeFileSync(path, Buffer.from('HOST=büro', 'latin1')), 'it is not UTF-8'],
])('reports %s in one line', (_what, make, fault) => {
  make();
  expect(() => readEnvFile(path)).toThrow(new StartupError(`cannot read ${path}: ${fault}`));
});
