import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { version } from '../package.json';
import { OPTIONS as BENCH_OPTIONS } from '../bench/options';
import { OPTIONS as CONFORMANCE_OPTIONS } from '../conformance/options';
import { OPTIONS as PROOF_OPTIONS } from '../proof/options';
import { AppModule } from '../src/app.module';
import { ChatAdapter } from '../src/chat/gateway/chat.adapter';
import { OPTIONS as MOVE_OPTIONS } from '../src/cli/move/options';
import { StartupError } from '../src/platform/errors/startup-error';
import { readSettings } from '../src/settings/load-settings';
import { Settings } from '../src/settings/settings';
import { newDatabase, testFolder } from './support/database';
import { ServerProcess } from './support/server-process';

/** Starts a server that must refuse to start; returns its only line. */
async function refusal(environment: Record<string, string>, folder?: string): Promise<string> {
  const server = ServerProcess.spawn(environment, [], folder);
  expect(await server.exited).toBe(1);
  await server.closed;
  expect(server.lines).toHaveLength(1);
  return server.lines[0]!;
}

const ROOT = join(__dirname, '..');

it.each([
  ['start', Object.keys(new Settings()).map((name) => `\n# ${name}=`)],
  ['bench', Object.keys(BENCH_OPTIONS).map((name) => `\n  --${name}`)],
  ['conformance', Object.keys(CONFORMANCE_OPTIONS).map((name) => `\n  --${name}`)],
  ['proof', Object.keys(PROOF_OPTIONS).map((name) => `\n  --${name}`)],
  ['move', Object.keys(MOVE_OPTIONS).map((name) => `\n  --${name}`)],
])('[L28] %s --help lists every option', (program, options) => {
  const usage = execFileSync(process.execPath, [join(ROOT, 'scripts/run.js'), program, '--help'], { encoding: 'utf8' });
  expect(options.filter((option) => !usage.includes(option))).toEqual([]);
  const listed = usage.match(/\n(?: {2}--\w+|# [A-Z_]+=)/g);
  expect(listed).toHaveLength(options.length);
});

it('[L28] the built server and the built move print the same help', () => {
  const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  for (const [program, main] of [
    ['start', 'dist/src/main.js'],
    ['move', 'dist/src/cli/move/main.js'],
  ] as const) {
    expect(node(main, '--help')).toBe(node('scripts/run.js', program, '--help'));
  }
});

it('[L9] the start line names version, database, bus and address; [L1] a misspelt setting is reported', async () => {
  const database = await newDatabase();
  const server = await ServerProcess.start({
    DATABASE_URL: database,
    LIMITS: 'on',
    HTTP_RATE: '0',
    MAX_CONNECTION: '5',
  });
  const messages = server.lines.map((line) => (JSON.parse(line) as { message: string }).message);
  expect(messages).toEqual([
    'MAX_CONNECTION is not a setting and has no effect; did you mean MAX_CONNECTIONS?',
    `Chat System ${version}, database ${database}, limits off: HTTP_RATE, bus memory, ready at ${server.url}`,
  ]);
  await server.stop();
});

it('[L1] an option of the command line is reported', async () => {
  const program = [process.execPath, join(ROOT, 'dist/src/main.js'), '--port', '1'];
  const server = ServerProcess.run(program, { DATABASE_URL: await newDatabase() });
  await server.listening();
  expect(server.lines[0]).toContain(
    '--port has no effect, as the server has no options; set the variable PORT (--help)',
  );
  await server.stop();
});

it('[L12] .env is read with a byte order mark, and the environment takes precedence', async () => {
  const folder = testFolder();
  writeFileSync(join(folder, '.env'), '\uFEFFMESSAGE_RATE=viele\r\nPORT=also nicht\r\n');
  expect(await refusal({ DATABASE_URL: await newDatabase() }, folder)).toBe(
    'chat-system cannot start: MESSAGE_RATE="viele" is not allowed; allowed: a whole number from 0 to 1000000',
  );
});

it.each([
  ['a folder', (path: string) => mkdirSync(path), 'it is a folder'],
  ['a dangling link', (path: string) => symlinkSync('nothing', path), 'it is not there'],
])('[L12] .env that is %s ends the start with one line', async (_what, make, fault) => {
  const folder = testFolder();
  make(join(folder, '.env'));
  const line = await refusal({ DATABASE_URL: await newDatabase() }, folder);
  expect(line).toBe(`chat-system cannot start: cannot read .env: ${fault}`);
});

describe('a SQLite path', () => {
  it.each([
    ['with a leading space', (folder: string) => ` ${folder}/chat.sqlite`, /^DATABASE_URL="sqlite: .*" is not allowed/],
    ['with a trailing space', (folder: string) => `${folder}/chat.sqlite `, /^DATABASE_URL="sqlite:.*" is not allowed/],
    ['that is too long', (folder: string) => `${folder}/${'x'.repeat(300)}`, /cannot/],
    [
      'in a folder that is too long',
      (folder: string) => `${folder}/${'x'.repeat(300)}/chat.sqlite`,
      /its name is too long$/,
    ],
    ['with a trailing slash', (folder: string) => `${folder}/chat/`, /cannot/],
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
      'with a folder in the place of its write-ahead log',
      (folder: string) => {
        writeFileSync(`${folder}/chat.sqlite`, '');
        mkdirSync(`${folder}/chat.sqlite-wal`);
        return `${folder}/chat.sqlite`;
      },
      /cannot use the database .*: it is a folder$/,
    ],
    [
      'that is a dangling link',
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

@WebSocketGateway({ path: '/other' })
class SecondGateway {
  @SubscribeMessage('wave')
  wave(): void {
    // Would never be called.
  }
}

it('[A6] a second WebSocket gateway ends the start', async () => {
  const settings = readSettings({ DATABASE_URL: await newDatabase() });
  @Module({ imports: [AppModule.with(settings)], providers: [SecondGateway] })
  class WithSecondGateway {}
  const app = await NestFactory.create(WithSecondGateway, { logger: false, abortOnError: false });
  app.useWebSocketAdapter(new ChatAdapter(app));
  await expect(app.init()).rejects.toThrow(
    new StartupError('there is a second WebSocket gateway, whose frames ChatGateway would get'),
  );
  await app.close();
});
