import { execFile, spawn } from 'node:child_process';
import { join as path } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { sse } from '@chat-system/client/sse';
import { WebSocket } from 'ws';
import { newDatabase } from './support/database';
import { Relay } from './support/relay';
import { startServer, type TestServer } from './support/server';
import { ServerProcess } from './support/server-process';
import { endingIn, tokenOf, WITH_TOKENS } from './support/tokens';
import { idsFrom, join, live } from './support/typed-client';
import { until } from './support/until';

const ROOT = path(__dirname, '..');
const idsOf = (messages: readonly { readonly id: number }[]) => messages.map(({ id }) => id);
const say = ({ chat }: ReturnType<typeof join>, count: number) =>
  Promise.all(idsFrom(1, count).map((i) => chat.send(`m${i}`)));
const tokenOfEva = (claims: object = {}) => tokenOf({ sub: 'eva-1', preferred_username: 'eva', ...claims });

describe('the connection of a client', () => {
  let server: TestServer;
  let relay: Relay;
  beforeAll(async () => {
    server = await startServer({ HTTP_POST: 'true' });
    relay = await Relay.to(server);
  });
  afterAll(async () => {
    await relay.stop();
    await server.stop();
  });

  it('[J12] reconnects after a crash of the server, and nothing is lost or doubled', async () => {
    const environment = { DATABASE_URL: await newDatabase() };
    let process = await ServerProcess.start(environment);
    const own = await Relay.to(process);
    const eva = join(own, { username: 'eva' });
    const max = join(own, { username: 'max' });
    await live(eva, max);
    const sending = say(eva, 40);
    await until(() => max.delivered.messages.length >= 5);
    await process.stop('SIGKILL');
    process = await ServerProcess.start(environment);
    own.leadTo(process);
    const receipts = await sending;
    await until(() => max.delivered.messages.length >= 40);
    expect(idsOf(receipts)).toEqual(idsFrom(1, 40));
    expect(idsOf(max.delivered.messages)).toEqual(idsFrom(1, 40));
    expect(max.delivered.messages.map(({ message }) => message)).toEqual(idsFrom(1, 40).map((i) => `m${i}`));
    await process.stop();
    await own.stop();
  });

  it('[J12] comes back when a server that restarts has said so', async () => {
    const stopping = await startServer();
    const own = await Relay.to(stopping);
    const eva = join(own, { username: 'eva' });
    await live(eva);
    own.leadTo(server);
    await stopping.stop();
    await until(() => eva.delivered.states.some(({ state }) => state === 'waiting'));
    const { reason, retryAt } = eva.delivered.states.find(({ state }) => state === 'waiting')!;
    expect(reason).toMatchObject({ code: 'CLOSE_1012' });
    // A send does not shorten this delay.
    const sent = eva.chat.send('danach');
    await until(() => eva.delivered.states.at(-1)!.state !== 'waiting');
    expect(Date.now()).toBeGreaterThanOrEqual(retryAt! - 5);
    await sent;
    await own.stop();
  });

  it('[J12] backs off while no server answers, and reconnects at once to send', async () => {
    const own = await Relay.to(server);
    own.refuse();
    const eva = join(own, { username: 'eva' });
    await until(() => own.accepted >= 5);
    const waits = eva.delivered.states
      .filter(({ state }) => state === 'waiting')
      .map(({ retryAt }, failures) => retryAt! - Date.now() <= 500 * 2 ** failures);
    expect(waits.every(Boolean)).toBe(true);
    own.refuse(false);
    const { id } = await eva.chat.send('gleich');
    expect(id).toEqual(expect.any(Number));
    await own.stop();
  });

  it('[J15] is given up where the server is silent', async () => {
    const eva = join(relay, { username: 'eva' });
    const max = join(server, { username: 'max' });
    await live(eva, max);
    relay.freeze();
    const { id } = await max.chat.send('ungehört');
    // Long enough after the ping at the start of the connection.
    await until(() => Date.now() - eva.chat.getSnapshot().completeUpTo! > 5_100);
    const sent = eva.chat.send('hört mich jemand?');
    await until(() => eva.delivered.states.some(({ state }) => state === 'waiting'));
    expect(eva.delivered.states.find(({ state }) => state === 'waiting')!.reason).toMatchObject({ code: 'NETWORK' });
    const receipt = await sent;
    await until(() => eva.delivered.messages.length === 2);
    expect(idsOf(eva.delivered.messages)).toEqual([id, receipt.id]);
  });

  it('[J16] survives a sleep', async () => {
    const own = await startServer({ HEARTBEAT_SECONDS: '1' });
    const max = join(own, { username: 'max' });
    const sleeper = spawn(process.execPath, ['--input-type=module', '-e', READER, own.url], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    createInterface(sleeper.stdout).on('line', (line) => lines.push(line));
    await until(() => lines.includes('live'));
    await max.chat.send('eins');
    await until(() => lines.includes('1'));
    sleeper.kill('SIGSTOP');
    await until(() => max.chat.users!.length === 1);
    await say(max, 3);
    sleeper.kill('SIGCONT');
    await until(() => lines.includes('4'));
    expect(lines.filter((line) => /\d/.test(line))).toEqual(['1', '2', '3', '4']);
    sleeper.kill('SIGKILL');
    await own.stop();
  });

  it('[J18] falls back to an event stream and HTTP where WebSockets are blocked', async () => {
    const max = join(server, { username: 'max' });
    const eva = join(relay, { username: 'eva', WebSocket: Blocked, fallback: sse() });
    await live(eva, max);
    const [mine] = await say(eva, 1);
    const [theirs] = await say(max, 1);
    await until(() => eva.delivered.messages.length === 2);
    relay.cut();
    const later = await say(max, 3);
    const last = await eva.chat.send('nach dem Schnitt');
    await until(() => eva.delivered.messages.length >= 6);
    expect(idsOf(eva.delivered.messages)).toEqual(idsOf([mine!, theirs!, ...later, last]));
    await expect(eva.chat.send(' ')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
    const { state, users, userCount } = eva.chat.getSnapshot();
    expect({ state, users, userCount }).toEqual({ state: 'live', users: undefined, userCount: null });
  });

  it('[J18] notices another database there, too, however long its history is', async () => {
    const [first, second] = [await startServer({ HTTP_POST: 'true' }), await startServer({ HTTP_POST: 'true' })];
    const own = await Relay.to(first);
    const eva = join(own, { username: 'eva', backlog: 2, WebSocket: Blocked, fallback: sse() });
    await live(eva);
    await say(eva, 2);
    await say(join(second, { username: 'max' }), 5);
    own.leadTo(second);
    own.cut();
    await until(() => eva.delivered.messages.length >= 4);
    expect(eva.delivered.resets).toEqual([{ after: 0 }]);
    expect(idsOf(eva.delivered.messages)).toEqual([1, 2, 4, 5]);
    await eva.chat.send('weiter');
    await until(() => eva.delivered.messages.length >= 5);
    own.cut();
    await live(eva);
    expect(idsOf(eva.delivered.messages)).toEqual([1, 2, 4, 5, 6]);
    expect(eva.delivered.resets).toHaveLength(1);
    await own.stop();
    await Promise.all([first.stop(), second.stop()]);
  });

  it('[J21] leaves nothing behind that keeps a process alive', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', WRITER, relay.url], {
      cwd: ROOT,
    });
    expect(stdout).toBe('gesendet\n');
  });
});

describe('the tokens of a client', () => {
  let server: TestServer;
  let relay: Relay;
  beforeAll(async () => {
    server = await startServer({ ...WITH_TOKENS, ALLOWED_ORIGINS: 'https://chat.example' });
    relay = await Relay.to(server);
  });
  afterAll(async () => {
    await relay.stop();
    await server.stop();
  });

  it('[J17] are renewed on the open connection; a new connection uses the newest', async () => {
    const given: string[] = [];
    const used: string[] = [];
    class Watched extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        used.push(protocols[1]!.replace('bearer.', ''));
      }
    }
    const getToken = () => {
      // The first token expires soon.
      given.push(tokenOfEva({ jti: String(given.length), exp: endingIn(given.length === 0 ? 4 : 3_600) }));
      return given.at(-1);
    };
    const end = Date.now() + 4_500;
    const eva = join(relay, { getToken, WebSocket: Watched });
    await live(eva);
    expect(eva.chat.getSnapshot()).toMatchObject({ username: 'eva', can: { write: true } });
    await until(() => given.length === 2);
    await until(() => Date.now() > end);
    await eva.chat.send('noch da');
    expect(used).toHaveLength(1);
    relay.cut();
    await until(() => used.length === 2);
    await live(eva);
    expect(used).toEqual([given[0], given[2]]);
  });

  it('[J13] are asked for again after 4401, once at a time and never in a tight loop', async () => {
    let asked = 0;
    let asking = 0;
    let most = 0;
    const getToken = async () => {
      asked++;
      most = Math.max(most, ++asking);
      await Promise.resolve();
      asking--;
      return asked < 4 ? tokenOfEva({ exp: endingIn(-1) }) : tokenOfEva();
    };
    const eva = join(server, { getToken });
    await live(eva);
    expect(most).toBe(1);
    expect(asked).toBe(4);
    const waits = eva.delivered.states.filter(({ state }) => state === 'waiting');
    expect(waits.map(({ reason }) => reason!.code)).toEqual(['UNAUTHORIZED', 'UNAUTHORIZED', 'UNAUTHORIZED']);
  });

  it('[J13] where there are none, or the user is not accepted, the client ends and says why', async () => {
    const cases = [
      [join(server), 'UNAUTHORIZED'],
      [join(server, { getToken: () => tokenOf({ sub: 'x', preferred_username: '~x' }) }), 'FORBIDDEN'],
      [join(server, { getToken: () => tokenOfEva(), WebSocket: ofPage('https://evil.example') }), 'CLOSE_1008'],
    ] as const;
    for (const [{ chat }, code] of cases) {
      await until(() => chat.getSnapshot().state === 'ended');
      expect(chat.getSnapshot().reason).toMatchObject({
        name: 'ChatError',
        code,
        message: expect.stringMatching(/../),
      });
      await expect(chat.send('x')).rejects.toMatchObject({ code: 'CLOSED' });
    }
  });
});

/** A network that blocks WebSockets. */
class Blocked {
  onopen = null;
  onmessage = null;
  onerror = null;
  onclose: ((event: object) => void) | null = null;
  constructor() {
    setImmediate(() => this.onclose?.({ code: 1006, reason: '' }));
  }
  send() {}
  close() {}
}

function ofPage(origin: string) {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { origin });
    }
  };
}

/** Prints the ids of messages, and `live`. */
const READER = `
  import { ChatClient } from '@chat-system/client';
  import { WebSocket } from 'ws';
  const chat = new ChatClient(process.argv[1], { username: 'eva', WebSocket });
  chat.on('state', ({ state }) => console.log(state));
  for await (const { id } of chat.messages()) console.log(id);
`;

/** Sends a message and closes. */
const WRITER = `
  import { ChatClient } from '@chat-system/client';
  import { WebSocket } from 'ws';
  const chat = new ChatClient(process.argv[1], { username: 'eva', WebSocket });
  await chat.send('hallo');
  await chat.close();
  console.log('gesendet');
`;
