import { ChatClient } from './support/chat-client';
import { http } from './support/http';
import { startServer, type TestServer } from './support/server';
import { describeWhere } from './support/suites';
import { ChatProcess, hasPseudoTerminal } from './support/terminal';
import { until } from './support/until';
import { WrongProxy } from './support/wrong-proxy';

// Each test starts several processes.
jest.setTimeout(60_000);

const CONNECTED = '-- connected as eva; 1 here; /help lists the commands';
const KEY = { enter: '\r', interrupt: '\u0003', end: '\u0004' };

let server: TestServer;
beforeEach(async () => (server = await startServer()));
afterEach(() => server.stop());

async function connected(environment: Record<string, string> = {}): Promise<ChatProcess> {
  const chat = ChatProcess.atTerminal(server.url, '', environment);
  await chat.endsWith(CONNECTED, '>');
  return chat;
}

async function leave(chat: ChatProcess, key = KEY.end): Promise<number | null> {
  chat.type(key);
  return chat.ended;
}

async function stored(): Promise<string[]> {
  const { body } = await http(`${server.url}/api/messages?limit=1000`);
  return (body as { messages: { message: string }[] }).messages.map(({ message }) => message);
}

describeWhere(hasPseudoTerminal, 'Python for a pseudo-terminal')('chat at a terminal', () => {
  it('[Z3] shows what is said above the line that is being typed, also where it fills its row', async () => {
    const chat = await connected();
    const [max] = await ChatClient.hello(server, { username: 'max' });
    await chat.endsWith(CONNECTED, '-- max is here', '>');
    const text = 'y'.repeat(78);
    chat.type(text);
    await chat.endsWith('-- max is here', `> ${text}`);
    for (const word of ['one', 'two']) max.sendV2Message(word, word);
    await chat.endsWith('-- max is here', 'max: one', 'max: two', `> ${text}`);
    chat.type(KEY.enter);
    await chat.endsWith('max: two', `eva: ${'y'.repeat(69)}`, 'y'.repeat(9), '>');
    expect(await leave(chat, `/quit${KEY.enter}`)).toBe(0);
    expect(await stored()).toEqual(['one', 'two', text]);
    max.socket.terminate();
  });

  it('[Z3] shows it above a line of several rows, wherever the cursor is', async () => {
    const chat = await connected();
    const [max] = await ChatClient.hello(server, { username: 'max' });
    await chat.endsWith('-- max is here', '>');
    const rows = [`> ${'x'.repeat(78)}`, 'x'.repeat(80), 'x'.repeat(42)];
    chat.type('x'.repeat(200));
    await chat.endsWith('-- max is here', ...rows);
    max.sendV2Message('one', 'one');
    await chat.endsWith('-- max is here', 'max: one', ...rows);
    chat.type('\u001b[D'.repeat(150));
    max.sendV2Message('two', 'two\nlines');
    await chat.endsWith('-- max is here', 'max: one', 'max: two', '      lines', ...rows);
    chat.type(KEY.enter);
    await chat.endsWith('      lines', `eva: ${'x'.repeat(69)}`, 'x'.repeat(80), 'x'.repeat(51), '>');
    expect(await leave(chat)).toBe(0);
    max.socket.terminate();
  });

  it('[Z3] removes a line of wide characters where it comes back as a message', async () => {
    const chat = await connected();
    chat.type('語'.repeat(50));
    await chat.endsWith(CONNECTED, `> ${'語'.repeat(39)}`, '語'.repeat(11));
    chat.type(KEY.enter);
    await chat.endsWith(CONNECTED, `eva: ${'語'.repeat(34)}`, '語'.repeat(16), '>');
    expect(await leave(chat)).toBe(0);
    expect(await stored()).toEqual(['語'.repeat(50)]);
  });

  it('[Z3] sends what was typed before Ctrl-D', async () => {
    const chat = ChatProcess.atTerminal(server.url, '');
    // It may already be connected when the test looks.
    await chat.shows(`connecting to ${server.url}`);
    expect(await leave(chat, `at once${KEY.enter}${KEY.end}`)).toBe(0);
    expect(await stored()).toEqual(['at once']);
  });

  it('[Z3] does not say who is here while it cannot know', async () => {
    const chat = ChatProcess.atTerminal('http://127.0.0.1:9', '');
    await chat.shows('not connected');
    chat.type(`/who${KEY.enter}`);
    await chat.shows('-- no connection');
    expect(await leave(chat, KEY.interrupt)).toBe(130);
  });

  it('[Z7] ends with 130 by Ctrl-C at the prompt, also without a server', async () => {
    const chat = await connected();
    chat.type('never sent');
    await chat.endsWith('> never sent');
    expect(await leave(chat, KEY.interrupt)).toBe(130);
    expect(chat.printed).toMatch(/never sent\r\n$/);
    const offline = ChatProcess.atTerminal('http://127.0.0.1:9', '');
    await offline.shows('not connected');
    expect(await leave(offline, KEY.interrupt)).toBe(130);
    expect(await stored()).toEqual([]);
  });

  it('[Z4] is not controlled by names, should a server let such through', async () => {
    const name = 'ma\u001b[2J\u009b31m\u202e\nx';
    const renamed = (text: string) => [text.replaceAll('"max"', JSON.stringify(name))];
    const proxy = await WrongProxy.start(server, { frames: () => renamed });
    const chat = ChatProcess.atTerminal(proxy.url, '');
    const json = ChatProcess.run(proxy.url, '--json');
    await chat.endsWith(CONNECTED, '>');
    // The client with `--json` does not print its connection.
    await until(async () => {
      const { body } = await http(`${server.url}/status`);
      return (body as { websocket: { active_connections: number } }).websocket.active_connections === 2;
    });
    const [max] = await ChatClient.hello(server, { username: 'max' });
    const shown = 'ma\u241b[2J\ufffd31m\ufffd x';
    await chat.endsWith(`-- ${shown} is here`, '>');
    max.sendV2Message('a', 'hi');
    await chat.endsWith(`-- ${shown} is here`, `${shown}: hi`, '>');
    chat.type(`/who${KEY.enter}`);
    await chat.endsWith(`-- here: eva, ${shown}`, '>');
    expect(await leave(chat)).toBe(0);
    await json.shows('"hi"');
    expect(json.printed).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u);
    expect((JSON.parse(json.printed) as { username: string }).username).toBe(name);
    max.socket.terminate();
  });

  it.each([
    [{ NO_COLOR: '1' }, false],
    [{ TERM: 'dumb' }, false],
    [{ NO_COLOR: '' }, true],
    [{}, true],
  ])('[Z9] has colours by NO_COLOR and TERM: %j', async (environment, isColoured) => {
    const [max] = await ChatClient.hello(server, { username: 'max' });
    max.sendV2Message('a', 'hi');
    await max.nextOf('ack');
    const chat = ChatProcess.atTerminal(server.url, '', environment);
    await chat.shows('hi\r\n');
    expect(await leave(chat)).toBe(0);
    // eslint-disable-next-line no-control-regex -- terminal control sequences
    expect(/\u001b\[[\d;]*m/.test(chat.printed)).toBe(isColoured);
    const piped = ChatProcess.run(server.url, 'read', environment);
    expect(await piped.finish()).toBe(0);
    expect(piped.printed).toMatch(/^\d\d:\d\d max: hi\n$/);
    max.socket.terminate();
  });

  it('[Z4] is not controlled by what others write', async () => {
    const controls = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).filter(
      (character) => character !== '\u0000' && !/[\t\n -~]/.test(character),
    );
    const marks = [...'\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'];
    const sequences = [
      '\u001b]0;title\u0007',
      '\u001b]8;;http://evil\u001b\\',
      '\u001b[2J',
      '\u009b31m',
      '\u001bP1$r\u009c',
    ];
    const evil = `${[...sequences, ...controls, ...marks].join('a')}\rxx\nmax: not me`;
    const [max] = await ChatClient.hello(server, { username: 'max' });
    max.sendV2Message('a', evil);
    await max.nextOf('ack');
    for (const chat of [
      ChatProcess.atTerminal(server.url, '', { NO_COLOR: '1' }),
      ChatProcess.atTerminal(server.url, ''),
    ]) {
      // The screen throws on sequences other than a line editor's. A further line does not look like a message.
      await chat.endsWith('      max: not me', '>');
      expect(await leave(chat)).toBe(0);
      expect(chat.printed).not.toMatch(/[\u0080-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
      expect(chat.printed).not.toMatch(/\r(?!\n)/);
    }
    const json = ChatProcess.run(server.url, 'read --json');
    expect(await json.finish()).toBe(0);
    expect(json.printed).not.toMatch(/(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
    expect((JSON.parse(json.printed) as { message: string }).message).toBe(evil);
    max.socket.terminate();
  });
});
