import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newDatabase, testFolder } from './support/database';
import { ServerProcess } from './support/server-process';

/** Starts a server that must refuse to, and gives its one line. */
async function refusal(environment: Record<string, string>, folder?: string): Promise<string> {
  const server = ServerProcess.spawn(environment, [], folder);
  expect(await server.exited).toBe(1);
  await server.closed;
  expect(server.lines).toHaveLength(1);
  return server.lines[0]!;
}

it('[L12] .env is read with a byte order mark, and the environment goes before it', async () => {
  const folder = testFolder();
  writeFileSync(join(folder, '.env'), '\uFEFFMESSAGE_RATE=viele\r\nPORT=also nicht\r\n');
  expect(await refusal({ DATABASE_URL: await newDatabase() }, folder)).toBe(
    'chat-system cannot start: MESSAGE_RATE="viele" is not allowed; allowed: a whole number from 0 to 1000000',
  );
});

it.each([
  ['a folder', (path: string) => mkdirSync(path), 'it is a folder'],
  ['a link to nothing', (path: string) => symlinkSync('nothing', path), 'it is not there'],
])('[L12] .env that is %s ends the start with one line', async (_what, make, fault) => {
  const folder = testFolder();
  make(join(folder, '.env'));
  const line = await refusal({ DATABASE_URL: await newDatabase() }, folder);
  expect(line).toBe(`chat-system cannot start: cannot read .env: ${fault}`);
});

describe('a SQLite path', () => {
  it.each([
    [
      'with a blank at its beginning',
      (folder: string) => ` ${folder}/chat.sqlite`,
      /^DATABASE_URL="sqlite: .*" is not allowed/,
    ],
    [
      'with a blank at its end',
      (folder: string) => `${folder}/chat.sqlite `,
      /^DATABASE_URL="sqlite:.*" is not allowed/,
    ],
    ['that is too long', (folder: string) => `${folder}/${'x'.repeat(300)}`, /cannot/],
    [
      'in a folder that is too long',
      (folder: string) => `${folder}/${'x'.repeat(300)}/chat.sqlite`,
      /its name is too long$/,
    ],
    ['with a slash at its end', (folder: string) => `${folder}/chat/`, /cannot/],
    [
      'in a file',
      (folder: string) => {
        writeFileSync(`${folder}/file`, '');
        return `${folder}/file/chat.sqlite`;
      },
      /cannot make the folder/,
    ],
    [
      'that is a link to itself',
      (folder: string) => {
        symlinkSync('loop', `${folder}/loop`);
        return `${folder}/loop`;
      },
      /its links lead in a circle$/,
    ],
    [
      'that is a link into nowhere',
      (folder: string) => {
        symlinkSync('nowhere/chat.sqlite', `${folder}/link`);
        return `${folder}/link`;
      },
      /cannot be opened/,
    ],
  ])('[D2] %s ends the start with one line', async (_what, pathIn, fault) => {
    const line = await refusal({ DATABASE_URL: `sqlite:${pathIn(testFolder())}` });
    expect(line.replace('chat-system cannot start: ', '')).toMatch(fault);
  });
});
