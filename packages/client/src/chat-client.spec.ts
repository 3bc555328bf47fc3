import { ChatClient } from './chat-client.js';
import type { ClientFrame } from './frames.js';
import type { ChatOptions, LinkContext } from './types.js';

const LIMITS = {
  max_message_length: 4_000,
  max_frame_bytes: 50_000,
  max_username_length: 50,
  message_rate: 20,
  message_burst: 100,
  replay_limit: 10_000,
};

/** The server's side of the connections of one client. */
class Script {
  readonly links: { readonly context: LinkContext; readonly sent: ClientFrame[]; isClosed: boolean }[] = [];
  readonly chat: ChatClient;

  constructor(options: ChatOptions = {}) {
    const channel = (context: LinkContext) => {
      const link = { context, sent: [] as ClientFrame[], isClosed: false };
      this.links.push(link);
      return {
        send: (frame: ClientFrame) => link.sent.push(frame),
        close: () => {
          link.isClosed = true;
          context.closed(1005, '');
        },
      };
    };
    this.chat = new ChatClient('http://chat.example/', { ...options, channel });
  }

  get last() {
    return this.links.at(-1)!;
  }

  get state() {
    return this.chat.getSnapshot().state;
  }

  say(frame: object): Promise<void> {
    this.last.context.received(JSON.stringify(frame));
    return settled();
  }

  async open(lastId = 0): Promise<void> {
    await settled();
    this.last.context.opened();
    await settled();
    await this.say({ type: 'welcome', username: 'eva', last_id: lastId, users: [], user_count: 0, limits: LIMITS });
    await this.say({ type: 'replayed', last_id: lastId, last_change_id: 0 });
    await this.pong(lastId);
  }

  pong(lastId: number): Promise<void> {
    return this.say({ type: 'pong', last_id: lastId, last_change_id: 0 });
  }
}

const settled = () => jest.advanceTimersByTimeAsync(0);
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
const typesOf = (frames: readonly ClientFrame[]) => frames.map(({ type }) => type);

beforeEach(() => {
  jest.useFakeTimers();
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

it('pings a silent server, and gives it up when there is no answer', async () => {
  const script = new Script();
  await script.open();
  await pass(15_000);
  expect(typesOf(script.last.sent)).toEqual(['hello', 'ping', 'ping']);
  await pass(14_999);
  expect(script.state).toBe('live');
  await pass(1);
  expect(script.state).toBe('waiting');
  expect(script.links[0]!.isClosed).toBe(true);
  expect(script.chat.getSnapshot().reason).toMatchObject({ code: 'NETWORK' });
});

it('closes where it is disposed of', async () => {
  const script = new Script();
  await script.open();
  await script.chat[Symbol.asyncDispose]();
  expect(script).toMatchObject({ state: 'ended', last: { isClosed: true } });
});

it('states as complete what was so when the ping was sent that is answered', async () => {
  const script = new Script();
  await script.open();
  await pass(15_000);
  const asked = Date.now();
  await pass(4_000);
  await script.pong(0);
  expect(script.chat.getSnapshot().completeUpTo).toBe(asked);
  await script.say({ type: 'pong', last_id: 1 });
  expect(script.state).toBe('waiting');
  expect(script.chat.getSnapshot().completeUpTo).toBe(asked);
});

it('waits twice as long after each failure, up to half a minute, with full jitter', async () => {
  const script = new Script();
  const waits: number[] = [];
  for (let i = 0; i < 9; i++) {
    await settled();
    script.last.context.closed(1006, '');
    waits.push(script.chat.getSnapshot().retryAt! - Date.now());
    await pass(waits.at(-1)!);
  }
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
});

it('comes back when a connection cannot even be begun, as with a token that no header takes', async () => {
  const tried: unknown[] = [];
  const Refusing = function (...given: unknown[]) {
    tried.push(given);
    throw new SyntaxError('invalid subprotocol');
  };
  const chat = new ChatClient('http://chat.example', { WebSocket: Refusing as never, getToken: () => 'not a token\n' });
  await settled();
  expect(chat.getSnapshot()).toMatchObject({ state: 'waiting', reason: { code: 'NETWORK' } });
  await pass(2_000);
  expect(tried.length).toBeGreaterThan(1);
  await chat.close();
  expect(jest.getTimerCount()).toBe(0);
});

it.each([
  ['there are too many connections', 4009, 22_500],
  ['too many frames were refused', 1008, 22_500],
  ['the server says when', 1012, 7_000],
])('waits, whatever hurries, where %s', async (_, code, ms) => {
  const script = new Script();
  await script.open();
  if (code === 1012) await script.say({ type: 'going_away', reconnect_after_ms: ms });
  script.last.context.closed(code, '');
  const sending = script.chat.send('dringend').catch(() => {});
  await pass(ms - 1);
  expect(script.links).toHaveLength(1);
  await pass(1);
  expect(script.links).toHaveLength(2);
  await script.chat.close();
  await sending;
});

it('sends one request at a time, and the next one when it has its answer', async () => {
  const script = new Script();
  const accepted = script.chat.send('eins', { clientId: 'eins' });
  const refused = expect(script.chat.send('zwei', { clientId: 'zwei' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
    message: 'nein',
    retryable: false,
  });
  await script.open();
  const said = () => script.last.sent.filter(({ type }) => type === 'chat_message');
  expect(said()).toMatchObject([{ client_id: 'eins' }]);
  await script.say({
    type: 'error',
    code: 'RATE_LIMITED',
    message: 'zu schnell',
    client_id: 'eins',
    retry_after_ms: 300,
  });
  expect(script.chat.getSnapshot().sendBlockedUntil).toBe(Date.now() + 300);
  await pass(300);
  expect(said()).toMatchObject([{ client_id: 'eins' }, { client_id: 'eins' }]);
  await script.say({ type: 'ack', client_id: 'eins', id: 1, timestamp: 't' });
  await script.say({ type: 'error', code: 'FORBIDDEN', message: 'nein', client_id: 'zwei' });
  await expect(accepted).resolves.toMatchObject({ id: 1 });
  await refused;
  expect(script.chat.getSnapshot().pending).toEqual([]);
});

it('gives up a request that the server fails at again and again', async () => {
  const script = new Script();
  const refused = expect(script.chat.send('x', { clientId: 'x' })).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
  await script.open();
  for (let i = 0; i < 5; i++) {
    await script.say({ type: 'error', code: 'INTERNAL_ERROR', message: 'kaputt', client_id: 'x' });
    await pass(5_000);
    await script.pong(0);
  }
  await refused;
});

it('asks again for a token while its renewal fails', async () => {
  let asked = 0;
  const getToken = () => (++asked === 2 ? Promise.reject(new Error('offline')) : Promise.resolve(`token ${asked}`));
  const script = new Script({ getToken });
  await script.open();
  expect(script.last.context.token).toBe('token 1');
  await script.say({ type: 'token_expiring', token_expires_in_ms: 60_000 });
  await pass(5_000);
  expect(script.last.sent.at(-1)).toEqual({ type: 'authenticate', token: 'token 3' });
});

it('says what it waits for where no token comes, asks for no second one, and goes on with the first', async () => {
  let give!: (token: string) => void;
  const getToken = jest.fn(() => new Promise<string>((resolve) => (give = resolve)));
  const script = new Script({ getToken });
  await pass(14_999);
  expect(script.chat.getSnapshot().reason).toBeUndefined();
  await pass(1);
  expect(script.chat.getSnapshot()).toMatchObject({
    state: 'connecting',
    reason: { code: 'NETWORK', message: 'getToken', retryable: true },
  });
  await pass(3_600_000);
  expect(getToken).toHaveBeenCalledTimes(1);
  give('token 1');
  await script.open();
  expect(script.last.context.token).toBe('token 1');
  expect(script.chat.getSnapshot()).toMatchObject({ state: 'live', reason: undefined });
});

it('can be closed while no token comes, and opened again', async () => {
  const getToken = jest.fn(() => new Promise<string>(() => {}));
  const script = new Script({ getToken });
  await script.chat.close();
  expect(jest.getTimerCount()).toBe(0);
  script.chat.open();
  await pass(15_000);
  expect(script.chat.getSnapshot().reason).toMatchObject({ message: 'getToken' });
  expect(getToken).toHaveBeenCalledTimes(1);
});

it('goes on after a sleep: a timer that is late finds a connection that is dead', async () => {
  const script = new Script();
  await script.open();
  await pass(15_000);
  // The timer runs on after the sleep; the clock has moved on.
  jest.setSystemTime(Date.now() + 8 * 3_600_000);
  await pass(15_000);
  expect(script.state).toBe('waiting');
  await pass(1_000);
  expect(script.links).toHaveLength(2);
  await script.open();
  expect(script.state).toBe('live');
});

it('has no timer left after the end', async () => {
  const script = new Script();
  await script.open();
  await script.chat.close();
  expect(jest.getTimerCount()).toBe(0);
  expect(script.state).toBe('ended');
});
