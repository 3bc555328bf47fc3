import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../proof/free-port';
import { newDatabase, testFolder } from './support/database';
import { http } from './support/http';
import { startServer, type TestServer } from './support/server';
import { ServerProcess } from './support/server-process';
import { ChatProcess } from './support/terminal';
import { tokenOf, WITH_TOKENS } from './support/tokens';
import { until } from './support/until';
import { WrongProxy } from './support/wrong-proxy';

// Clients wait some seconds before they connect again.
jest.setTimeout(60_000);

const ROOT = join(__dirname, '..');
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

interface Printed {
  readonly type: string;
  readonly id: number;
  readonly username: string;
  readonly message: string;
}
const objects = ({ lines }: ChatProcess) => lines.map((line) => JSON.parse(line) as Printed);

let server: TestServer;
beforeEach(async () => (server = await startServer()));
afterEach(() => server.stop());

async function stored(url = server.url): Promise<string[]> {
  const { body } = await http(`${url}/api/messages?limit=1000`);
  return (body as { messages: Printed[] }).messages.map(({ message }) => message);
}

describe('chat send', () => {
  it('[Z1] stores each line, or the whole input, once and in order', async () => {
    const lines = range(1, 120).map((n) => `line ${n}`);
    expect(await ChatProcess.run(server.url, 'send').finish(`${lines.join('\n')}\n\n`)).toBe(0);
    expect(await ChatProcess.run(server.url, 'send --whole').finish('two\nlines\n')).toBe(0);
    const json = ChatProcess.run(server.url, 'send some words --json');
    expect(await json.finish()).toBe(0);
    expect(objects(json)).toMatchObject([{ type: 'sent', id: 122 }]);
    expect(await stored()).toEqual([...lines, 'two\nlines', 'some words']);
  });

  it('[Z1] strips a leading byte order mark', async () => {
    expect(await ChatProcess.run(server.url, 'send').finish('\uFEFFfirst\n\uFEFFsecond\n')).toBe(0);
    expect(await ChatProcess.run(server.url, 'send --whole').finish('\uFEFFboth\nlines\n')).toBe(0);
    expect(await stored()).toEqual(['first', '\uFEFFsecond', 'both\nlines']);
  });

  it('[Z1] reports refused lines by number, and sends the rest', async () => {
    const chat = ChatProcess.run(server.url, 'send');
    expect(await chat.finish('first\na\u0000b\nthird\n')).toBe(1);
    expect(chat.errors).toMatch(/^message 2 not sent: .*message/);
    expect(await stored()).toEqual(['first', 'third']);
  });

  it('[Z1] sends each line once over a kill of the server; [Z2] a follower receives each once', async () => {
    const [port, database] = [await freePort(), await newDatabase()];
    let running = await ServerProcess.start({ DATABASE_URL: database, PORT: String(port) });
    const follower = ChatProcess.run(running.url, 'read --follow --after 0 --json');
    const sender = ChatProcess.run(running.url, 'send');
    const lines = range(1, 400).map((n) => `line ${n}`);
    sender.type(`${lines.slice(0, 200).join('\n')}\n`);
    await follower.shows('line 100"');
    await running.stop('SIGKILL');
    running = await ServerProcess.start({ DATABASE_URL: database, PORT: String(port) });
    expect(await sender.finish(`${lines.slice(200).join('\n')}\n`)).toBe(0);
    await follower.shows('line 400"');
    expect(objects(follower).map(({ message }) => message)).toEqual(lines);
    expect(follower.errors).toMatch(/not connected.*\n.*connected again/s);
    follower.child.kill('SIGINT');
    expect(await follower.ended).toBe(130);
    await running.stop();
  });
});

describe('chat read', () => {
  beforeEach(async () => {
    await ChatProcess.run(server.url, 'send').finish(range(1, 30).join('\n'));
  });

  it('[Z2] prints the newest messages, or those after an id, and ends', async () => {
    const newest = ChatProcess.run(server.url, 'read --last 2');
    expect(await newest.finish()).toBe(0);
    expect(newest.printed).toMatch(/^\d\d:\d\d eva: 29\n\d\d:\d\d eva: 30\n$/);
    const all = ChatProcess.run(server.url, 'read --after 5 --json');
    expect(await all.finish()).toBe(0);
    expect(objects(all).map(({ type, id }) => [type, id])).toEqual(range(6, 30).map((id) => ['message', id]));
    const nothing = ChatProcess.run(server.url, 'read --after 30');
    expect(await nothing.finish()).toBe(0);
    expect(nothing.printed).toBe('');
  });

  it('[Z2] follows into a pipe without a command', async () => {
    const chat = ChatProcess.run(server.url, '--json');
    await until(async () => {
      await ChatProcess.run(server.url, 'send news').finish();
      return chat.printed.includes('"news"');
    });
    expect(objects(chat)[0]!.id).toBeGreaterThan(30);
    chat.child.kill('SIGTERM');
    expect(await chat.ended).toBe(143);
  });

  it('[Z7] ends with 3 where the server is lost on the way, within --timeout', async () => {
    const proxy = await WrongProxy.start(server, { cutsRequests: true });
    const chat = ChatProcess.run(proxy.url, 'read --after 0 --timeout 1');
    expect(await chat.finish()).toBe(3);
    expect(chat.errors).toMatch(/cannot be reached: no answer/);
  });

  it('[Z7] ends with 141 when nobody reads the output', async () => {
    const chat = ChatProcess.run(server.url, 'read --follow --after 0 --json');
    await chat.shows('\n');
    chat.child.stdout!.destroy();
    await ChatProcess.run(server.url, 'send').finish('x\n'.repeat(5));
    await ChatProcess.run(server.url, 'send').finish('x\n'.repeat(5));
    expect(await chat.ended).toBe(141);
  });
});

it('[Z5] takes the token from the environment or a file, read again each time, and never as an option', async () => {
  const guarded = await ServerProcess.start({ DATABASE_URL: await newDatabase(), ...WITH_TOKENS });
  const token = tokenOf({ sub: 'u1', preferred_username: 'erika' });
  const without = ChatProcess.run(guarded.url, 'read --timeout 20');
  expect(await without.finish()).toBe(1);
  const environment = { CHAT_TOKEN: token, CHAT_NAME: '' };
  expect(await ChatProcess.run(guarded.url, 'send with a token', environment).finish()).toBe(0);
  const file = join(testFolder(), 'token');
  writeFileSync(file, `${token}\n`);
  const fromFile = ChatProcess.run(guarded.url, 'read --json', { CHAT_TOKEN_FILE: file, CHAT_NAME: '' });
  expect(await fromFile.finish()).toBe(0);
  expect(objects(fromFile)).toMatchObject([{ username: 'erika', message: 'with a token', verified: true }]);
  expect(await ChatProcess.run(guarded.url, `send --token ${token}`).finish()).toBe(2);
  writeFileSync(file, 'wrong');
  const renewed = ChatProcess.run(guarded.url, 'read --follow --after 0 --json', {
    CHAT_TOKEN_FILE: file,
    CHAT_NAME: '',
  });
  await until(() => renewed.errors.includes('not connected'));
  writeFileSync(file, token);
  await renewed.shows('with a token');
  const missing = ChatProcess.run(guarded.url, 'read', { CHAT_TOKEN_FILE: `${file}.not-there` });
  expect(await missing.finish()).toBe(2);
  expect(missing.errors).toBe(`CHAT_TOKEN_FILE: ${file}.not-there cannot be read (ENOENT)\n`);
  await guarded.stop();
});

it('[Z6] speaks German or English by the locale, and helps without a build', async () => {
  const german = ChatProcess.run(server.url, 'nonsense', { LANG: 'de_DE.UTF-8' });
  expect(await german.finish()).toBe(2);
  expect(german.errors).toBe('einen Befehl nonsense gibt es nicht; siehe --help\n');
  const option = ChatProcess.run(server.url, 'read --nme eva', { LANG: 'de_DE.UTF-8' });
  expect(await option.finish()).toBe(2);
  expect(option.errors).toMatch(/^eine Option --nme gibt es nicht; siehe --help\./);
  const value = ChatProcess.run(server.url, 'read --last', { LANG: 'de_DE.UTF-8' });
  expect(await value.finish()).toBe(2);
  expect(value.errors).toBe('--last hat einen Wert zu viel oder keinen; siehe --help\n');
  const refused = ChatProcess.run(server.url, 'send', { LC_ALL: 'de_DE.UTF-8', LANG: 'en_US.UTF-8' });
  expect(await refused.finish('a\u0000\n')).toBe(1);
  expect(refused.errors).toMatch(/^Nachricht 1 nicht gesendet: Ungültige Nachricht/);
  for (const [LANG, file] of [
    ['de_DE.UTF-8', 'usage.de.txt'],
    ['C', 'usage.en.txt'],
  ] as const) {
    const usage = readFileSync(join(ROOT, 'packages/cli', file), 'utf8');
    const built = ChatProcess.run(server.url, '--help', { LANG });
    expect(await built.finish()).toBe(0);
    expect(built.printed).toBe(usage);
    const env = { PATH: process.env.PATH, LANG };
    expect(execFileSync(process.execPath, ['scripts/run.js', 'chat', '--help'], { cwd: ROOT, env }).toString()).toBe(
      usage,
    );
  }
});

it('[Z7] has an exit code for each kind of end', async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  for (const [command, told] of [
    ['read', /^\S+ cannot be reached: no connection\n$/],
    ['send hi', /^1 not sent\n\S+ cannot be reached: no connection\n$/],
  ] as const) {
    const chat = ChatProcess.run(nobody, `${command} --timeout 1`);
    expect(await chat.finish()).toBe(3);
    expect(chat.errors).toMatch(told);
  }
  for (const wrong of [
    'read --last -1',
    'read --after x',
    '--url ftp://x',
    '--url http://x/?room=1',
    '--url http://max:pw@x',
    'join',
    'send --follow',
    'read text',
    '--bogus',
  ]) {
    expect([wrong, await ChatProcess.run(server.url, wrong).finish()]).toEqual([wrong, 2]);
  }
  expect(await ChatProcess.run(server.url, 'send').finish('')).toBe(1);
});

it('[Z8] the package has what it needs, and runs from there', () => {
  const env = { ...process.env, npm_config_cache: join(testFolder(), 'npm') };
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--workspace', 'packages/cli'], {
    cwd: ROOT,
    env,
  });
  const [{ files }] = JSON.parse(packed.toString()) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path).sort();
  expect(paths.filter((path) => !path.startsWith('dist/'))).toEqual([
    'CHANGELOG.md',
    'README.md',
    'package.json',
    'usage.de.txt',
    'usage.en.txt',
  ]);
  expect(paths.filter((path) => path.startsWith('dist/') && !path.endsWith('.js'))).toEqual([]);
  const folder = join(testFolder(), 'cli');
  for (const path of paths) cpSync(join(ROOT, 'packages/cli', path), join(folder, path));
  mkdirSync(join(folder, 'node_modules/@chat-system'), { recursive: true });
  symlinkSync(join(ROOT, 'packages/client'), join(folder, 'node_modules/@chat-system/client'));
  symlinkSync(join(ROOT, 'node_modules/ws'), join(folder, 'node_modules/ws'));
  const { version, bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string;
    bin: { chat: string };
  };
  expect(readFileSync(join(folder, bin.chat), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  expect(execFileSync(process.execPath, [join(folder, bin.chat), '--version']).toString()).toBe(`${version}\n`);
});
