import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { CLIENT_FRAMES } from '../src/chat/protocol/frames';
import { ChatClient, type Frame } from './support/chat-client';
import { http } from './support/http';
import { startServer, type TestServer } from './support/server';
import { endingIn, tokenOf, WITH_TOKENS } from './support/tokens';
import { until } from './support/until';

let server: TestServer;
const ENGLISH = { DEFAULT_LANGUAGE: 'en' };
const start = async (environment: Record<string, string> = {}) => {
  server = await startServer({ ...WITH_TOKENS, ...ENGLISH, ...environment });
};
// A test of the table alone starts none.
afterEach(() => (server as TestServer | undefined)?.stop());

const eva = (claims: object = {}) => tokenOf({ sub: 'eva-1', preferred_username: 'eva', ...claims });
const max = () => tokenOf({ sub: 'max-1', preferred_username: 'max' });
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

const offering = (...offers: string[]) => ChatClient.offering(server, offers);

/** A v2 client after its hello, with its welcome. */
async function signedIn(token: string, hello: object = {}): Promise<[ChatClient, Frame]> {
  const client = await ChatClient.openV2(server, bearer(token));
  client.send({ type: 'hello', ...hello });
  return [client, await client.nextOf('welcome')];
}

const storedCount = async () =>
  ((await http(`${server.url}/api/messages`, bearer(max()))).body as { total: number }).total;

describe('a token', () => {
  beforeEach(() => start({ AUTH_QUERY_TOKEN: 'true' }));

  it('[I30] comes by header, subprotocol, query or hello; the answer never repeats it', async () => {
    const ways: (() => Promise<ChatClient>)[] = [
      () => ChatClient.openV2(server, bearer(eva())),
      () => ChatClient.openV2(server, {}, `/ws?access_token=${eva()}`),
      () => ChatClient.openV2(server),
    ];
    for (const [index, open] of ways.entries()) {
      const client = await open();
      client.send({ type: 'hello', ...(index === 2 && { token: eva() }) });
      expect(await client.next()).toMatchObject({ type: 'welcome', username: 'eva' });
      await client.close();
    }
    for (const version of ['chat.v2', 'chat.v1']) {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, [version, `bearer.${eva()}`]);
      await once(socket, 'open');
      expect(socket.protocol).toBe(version);
      socket.close();
    }
  });

  it('[I30] is verified for v1 too, and its author named', async () => {
    const reader = await ChatClient.openV2(server, bearer(max()));
    reader.send({ type: 'hello' });
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, ['chat.v1', `bearer.${eva()}`]);
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'chat_message', message: 'Hallo' }));
    expect(await reader.nextOf('chat_message')).toMatchObject({ username: 'eva', message: 'Hallo', verified: true });
    socket.close();
  });

  it.each([
    ['forged', () => tokenOf({ sub: 'eva-1' }, 'x'.repeat(32)), 4401, 'UNAUTHORIZED'],
    ['expired', () => eva({ exp: endingIn(-1) }), 4401, 'UNAUTHORIZED'],
    ['no token at all', () => 'x', 4401, 'UNAUTHORIZED'],
    ['of 8 KB', () => eva({ x: 'y'.repeat(8_000) }), 4401, 'UNAUTHORIZED'],
    ['of a hostile name', () => tokenOf({ sub: 'x', preferred_username: '~x' }), 4403, 'FORBIDDEN'],
  ])('[I31] %s is answered by an error, then a close frame', async (_, token, code, error) => {
    for (const client of [
      await ChatClient.openV2(server, bearer(token())),
      await offering('chat.v2', `bearer.${token()}`),
      await ChatClient.openV2(server, {}, `/ws?access_token=${token()}`),
    ]) {
      expect(await client.next()).toMatchObject({ type: 'error', code: error });
      expect((await client.closed).code).toBe(code);
    }
    const v1 = await ChatClient.open(server, '/ws', bearer(token()));
    expect(Object.keys(await v1.next())).toEqual(['type', 'message', 'timestamp']);
    expect((await v1.closed).code).toBe(code);
  });

  it('[I31] given twice is not valid', async () => {
    const twice = await ChatClient.offering(server, ['chat.v2', `bearer.${eva()}`], bearer(eva()));
    expect((await twice.closed).code).toBe(4401);
    expect((await (await offering('chat.v2', `bearer.${eva()}`, `bearer.${max()}`)).closed).code).toBe(4401);
  });

  it('[I32] is needed under v1', async () => {
    const client = await ChatClient.open(server, '/ws?username=eva');
    expect(await client.next()).toMatchObject({ message: 'Not signed in: an access token is needed' });
    expect((await client.closed).code).toBe(4401);
  });
});

it('[I30] is ignored where access is off', async () => {
  server = await startServer();
  const client = await offering('chat.v2', 'bearer.x', 'bearer.y');
  client.send({ type: 'hello', token: 5, username: '~max' });
  expect(Object.keys(await client.next()).sort()).toEqual(
    ['connection_id', 'heartbeat_seconds', 'last_id', 'limits', 'type', 'user_count', 'username', 'users'].sort(),
  );
  await client.nextOf('user_joined');
  client.send({ type: 'authenticate', token: 'x' });
  expect(await client.next()).toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringContaining('type') });
  await client.close();
});

describe('without a token', () => {
  it('[I33] a v2 connection gets nothing but UNAUTHORIZED, and is not present', async () => {
    await start();
    const [reader] = await signedIn(max());
    await reader.nextOf('user_joined');
    const stranger = await ChatClient.openV2(server, {}, '/ws?username=eva');
    const frames = Object.keys(CLIENT_FRAMES.v2).filter((type) => !['ping', 'authenticate'].includes(type));
    for (const type of [...frames, 'wave']) {
      stranger.send({ type, client_id: '1', message: 'x', username: 'eva' });
      expect(await stranger.next()).toMatchObject({ type: 'error', code: 'UNAUTHORIZED' });
    }
    stranger.send({ type: 'ping' });
    expect(await stranger.next()).toMatchObject({ type: 'pong', last_id: 0 });
    reader.sendV2Message('1', 'Hallo');
    await reader.nextOf('chat_message');
    // It receives neither messages nor joins. Its token then makes it an ordinary client.
    stranger.send({ type: 'hello', token: eva() });
    expect(await stranger.next()).toMatchObject({
      type: 'welcome',
      username: 'eva',
      users: ['eva', 'max'],
      last_id: 1,
    });
    expect(await reader.nextOf('user_joined')).toMatchObject({ username: 'eva' });
    expect(await storedCount()).toBe(1);
  });

  it('[I34] it is closed with 4401 after ten seconds, and its number is limited', async () => {
    await start({ MAX_CONNECTIONS: '30' });
    const waiting = [];
    for (let i = 0; i < 3; i++) waiting.push(await ChatClient.openV2(server));
    const excess = await ChatClient.openV2(server);
    expect(await excess.closed).toEqual({ code: 4009, reason: 'too many connections without an access token' });
    const [author] = await signedIn(eva());
    waiting[0]!.send({ type: 'hello', token: max() });
    await waiting[0]!.nextOf('welcome');
    const next = await ChatClient.openV2(server);
    for (const client of [...waiting.slice(1), next]) {
      expect(await client.next()).toMatchObject({ type: 'error', code: 'UNAUTHORIZED' });
      expect((await client.closed).code).toBe(4401);
    }
    author.send({ type: 'ping' });
    await author.nextOf('pong');
  }, 30_000);

  it('[I35] guests read, and write under marked names where that is allowed', async () => {
    await start({ AUTH_GUESTS: 'write' });
    const [guest, welcome] = await ChatClient.hello(server, { username: 'max' });
    const can = { read: true, write: true, moderate: false };
    expect(welcome).toMatchObject({ username: '~max', roles: [], can });
    expect(welcome).not.toHaveProperty('token_expires_in_ms');
    guest.sendV2Message('1', 'Hallo', '~max');
    const message = await guest.nextOf('chat_message');
    expect(message).toMatchObject({ username: '~max' });
    expect(message).not.toHaveProperty('verified');
    const v1 = await ChatClient.open(server, '/ws?username=eva');
    expect(await v1.nextOf('user_joined')).toMatchObject({ username: '~eva' });
    v1.sendMessage('eva', 'Hi');
    expect(await v1.nextOf('chat_message')).toMatchObject({ username: '~eva' });
  });

  it('[I35] no guest has the name of the operator, which appears as `deleted_by`', async () => {
    await start({ AUTH_GUESTS: 'write' });
    const [client, answer] = await ChatClient.hello(server, { username: 'Operator' });
    expect(answer).toMatchObject({ type: 'error', code: 'FORBIDDEN' });
    client.send({ type: 'hello', username: 'max' });
    expect(await client.nextOf('welcome')).toMatchObject({ username: '~max' });
    client.sendV2Message('1', 'Hallo', '~\u043eperator');
    expect(await client.nextOf('error')).toMatchObject({ code: 'FORBIDDEN', client_id: '1' });
  });

  it('[I35] unknown fields in a guest’s frames are ignored, whatever their value', async () => {
    await start({ AUTH_GUESTS: 'write' });
    const [guest] = await ChatClient.hello(server, { username: 'max' });
    for (const username of [5, null, {}, [], true, 'm\u0430x', '']) {
      guest.send({ type: 'ping', username });
      expect(await guest.nextOf('pong')).toMatchObject({ type: 'pong' });
      guest.send({ type: 'delete', client_id: 'd', id: 1, username });
      expect(await guest.nextOf('error')).toMatchObject({ code: 'NOT_FOUND', client_id: 'd' });
      guest.send({ type: 'authenticate', token: 'x', username });
      expect(await guest.nextOf('error')).toMatchObject({ code: 'UNAUTHORIZED' });
    }
  });

  it('[I35] guests with read access only are not present and store nothing', async () => {
    await start({ AUTH_GUESTS: 'read' });
    const [guest, welcome] = await ChatClient.hello(server, { username: 'max' });
    expect(welcome).toMatchObject({ username: null, users: [], can: { read: true, write: false } });
    guest.sendV2Message('1', 'Hallo', 'max');
    expect(await guest.next()).toMatchObject({ code: 'FORBIDDEN', client_id: '1' });
    const v1 = await ChatClient.open(server, '/ws?username=max');
    expect(await v1.next()).toMatchObject({ type: 'error', message: 'Not allowed: no right to write' });
  });
});

describe('names', () => {
  beforeEach(() => start());

  it('[I36] of others are refused in every frame, and nothing is stored and nobody joined', async () => {
    const [client] = await signedIn(eva(), { username: ' eva ' });
    await client.nextOf('user_joined');
    for (const [type, { schema }] of Object.entries(CLIENT_FRAMES.v2)) {
      if (!('username' in schema.properties) || type === 'hello') continue;
      client.send({ type, client_id: '1', message: 'x', username: 'max' });
      expect([type, await client.next()]).toMatchObject([type, { type: 'error', code: 'FORBIDDEN' }]);
    }
    const v1 = await ChatClient.open(server, '/ws?username=max', bearer(eva()));
    for (const type of [undefined, ...Object.keys(CLIENT_FRAMES.v1)]) {
      if (type) v1.send({ type, username: 'max', message: 'x' });
      expect((await v1.next()).message).toMatch(/must be your own name/);
    }
    const late = await ChatClient.openV2(server, bearer(eva()), '/ws?username=max');
    for (const hello of [{}, { username: 'max' }]) {
      if (!('username' in hello)) expect(await late.next()).toMatchObject({ code: 'FORBIDDEN' });
      else {
        late.send({ type: 'hello', ...hello });
        expect(await late.next()).toMatchObject({ code: 'FORBIDDEN' });
      }
    }
    late.send({ type: 'hello' });
    expect(await late.nextOf('welcome')).toMatchObject({ username: 'eva', users: ['eva'], last_id: 0 });
  });
});

describe('renewal and end', () => {
  it('[I37] authenticate renews a token of the same subject, and its rights; another one is refused', async () => {
    await start({ AUTH_WRITE_ROLE: 'writer' });
    const writer = { roles: ['writer'] };
    const [client, welcome] = await signedIn(eva(writer));
    expect(welcome).toMatchObject({ roles: ['writer'], can: { read: true, write: true, moderate: false } });
    expect(welcome.token_expires_in_ms).toBeGreaterThan(3_600_000);
    await client.nextOf('user_joined');
    for (const token of [max(), 'x', eva({ exp: endingIn(-1) })]) client.send({ type: 'authenticate', token });
    const codes = (await client.nextFrames(3)).map(({ code }) => code);
    expect(codes).toEqual(['FORBIDDEN', 'UNAUTHORIZED', 'UNAUTHORIZED']);
    client.sendV2Message('1', 'still here');
    expect(await client.next()).toMatchObject({ type: 'ack' });
    client.send({ type: 'authenticate', token: eva({ jti: '2' }) });
    client.sendV2Message('2', 'no longer');
    expect(await client.nextOf('authenticated')).toMatchObject({ token_expires_in_ms: expect.any(Number) });
    expect(await client.nextOf('error')).toMatchObject({ code: 'FORBIDDEN', client_id: '2' });
  });

  it('[I37] a token that takes the right to read closes the connection for good', async () => {
    await start({ AUTH_READ_ROLE: 'reader' });
    const [client] = await signedIn(eva({ roles: ['reader'] }));
    client.send({ type: 'authenticate', token: eva() });
    expect(await client.nextOf('error')).toMatchObject({ code: 'FORBIDDEN' });
    expect((await client.closed).code).toBe(4403);
    const without = await ChatClient.openV2(server, bearer(eva()));
    expect((await without.closed).code).toBe(4403);
    const stranger = await ChatClient.openV2(server);
    stranger.send({ type: 'hello', token: eva() });
    expect(await stranger.next()).toMatchObject({ code: 'FORBIDDEN' });
    expect((await stranger.closed).code).toBe(4403);
  });

  it('[I38] a v2 client is told before the end; at the end, sockets and streams are closed', async () => {
    await start();
    const ending = eva({ exp: endingIn(3) });
    const [client, welcome] = await signedIn(ending);
    expect(welcome.token_expires_in_ms).toBeLessThanOrEqual(3_000);
    const renewed = await ChatClient.openV2(server, bearer(max()));
    renewed.send({ type: 'hello', token: tokenOf({ sub: 'max-1', preferred_username: 'max', exp: endingIn(4) }) });
    renewed.send({ type: 'authenticate', token: max() });
    const v1 = await ChatClient.open(server, '/ws', bearer(ending));
    const stream = await fetch(`${server.url}/api/messages/stream`, bearer(ending));
    expect(await client.nextOf('token_expiring')).toMatchObject({ token_expires_in_ms: expect.any(Number) });
    expect(await client.nextOf('error')).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await client.closed).toEqual({ code: 4401, reason: 'access token expired' });
    expect((await v1.closed).code).toBe(4401);
    await stream.text();
    renewed.send({ type: 'ping' });
    await renewed.nextOf('pong');
    expect(renewed.socket.readyState).toBe(WebSocket.OPEN);
  }, 20_000);
});

describe('abuse', () => {
  it('[I39] tokens in frames cost what messages do, and bad ones count as refused frames', async () => {
    await start({ MAX_REFUSED_FRAMES: '5', MESSAGE_RATE: '1', MESSAGE_BURST: '3' });
    const [client] = await signedIn(eva());
    await client.nextOf('user_joined');
    for (let i = 0; i < 10; i++) client.send({ type: 'authenticate', token: `x${i}` });
    const codes = (await client.nextFrames(5)).map(({ code }) => code);
    expect(codes).toEqual(['UNAUTHORIZED', 'UNAUTHORIZED', 'UNAUTHORIZED', 'RATE_LIMITED', 'RATE_LIMITED']);
    expect((await client.closed).code).toBe(1008);
  });

  it('[I39] a second hello is refused whatever its token, and one with a bad token may be repeated', async () => {
    await start();
    const client = await ChatClient.openV2(server);
    client.send({ type: 'hello', token: 'x' });
    client.send({ type: 'hello', token: eva() });
    client.send({ type: 'hello', token: max() });
    const frames = await client.nextFrames(4);
    expect(frames.map(({ type }) => type).sort()).toEqual(['error', 'error', 'user_joined', 'welcome']);
    expect(frames.filter(({ code }) => code).map(({ code }) => code)).toEqual(['UNAUTHORIZED', 'VALIDATION_ERROR']);
  });

  describe('with a slow provider', () => {
    let provider: Server;
    let hang = false;
    beforeEach(async () => {
      hang = false;
      const keys = { keys: [{ kty: 'oct', k: Buffer.from('x'.repeat(32)).toString('base64url'), kid: 'other' }] };
      provider = createServer((_, response) => {
        if (!hang) response.end(JSON.stringify(keys));
      }).listen(0, '127.0.0.1');
      await once(provider, 'listening');
      const { port } = provider.address() as AddressInfo;
      server = await startServer({ ...ENGLISH, AUTH_JWKS_URL: `http://127.0.0.1:${port}/`, AUTH_AUDIENCE: 'chat' });
      hang = true;
    });
    afterEach(() => {
      provider.closeAllConnections();
      provider.close();
    });

    const unknownKey = () => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      return `${part({ alg: 'RS256', kid: 'unknown' })}.${part({ sub: 'x', exp: 9e9 })}.c2ln`;
    };

    it('[I40] frames wait in order while a token is checked; clients that disconnect meanwhile cost nothing', async () => {
      const gone = await ChatClient.openV2(server);
      gone.send({ type: 'hello', token: unknownKey() });
      gone.socket.terminate();
      const handshake = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, 'chat.v2', bearer(unknownKey()));
      handshake.on('error', () => undefined);
      const waiting = await ChatClient.openV2(server);
      waiting.send({ type: 'hello', token: unknownKey() });
      for (let i = 0; i < 500; i++) waiting.send({ type: 'typing', username: `user${i}` });
      waiting.send({ type: 'ping' });
      handshake.terminate();
      expect(waiting.received).toEqual([]);
      expect(await waiting.next()).toMatchObject({ type: 'error', code: 'SERVICE_UNAVAILABLE' });
      expect(await waiting.next()).toMatchObject({ type: 'error', code: 'UNAUTHORIZED' });
      await waiting.nextOf('pong');
      const refused = await ChatClient.openV2(server, bearer(unknownKey()));
      expect(await refused.next()).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      expect((await refused.closed).code).toBe(1013);
      await waiting.close();
      const metrics = async () => (await http(`${server.url}/metrics`)).text;
      await until(async () => (await metrics()).includes('chat_connections{protocol="v2"} 0'));
    }, 30_000);
  });
});

/** Answers to each kind of client; every frame type needs a row. `ok`: no error. */
type Answer = 'ok' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'VALIDATION_ERROR';
const KINDS = [
  'nobody',
  'guest-read',
  'guest-write',
  'reader',
  'writer',
  'moderator',
  'expired',
  'muted',
  'banned',
] as const;
type Kind = (typeof KINDS)[number];
const row = (...answers: Answer[]) =>
  Object.fromEntries(KINDS.map((kind, i) => [kind, answers[i]])) as Record<Kind, Answer>;
const REFUSED = ['UNAUTHORIZED', 'FORBIDDEN', 'FORBIDDEN'] as const;
const WRITES = row('UNAUTHORIZED', 'FORBIDDEN', 'ok', 'FORBIDDEN', 'ok', 'ok', ...REFUSED);
const ANSWERS: Readonly<Record<string, Record<Kind, Answer>>> = {
  'v2 hello': row('UNAUTHORIZED', 'ok', 'ok', 'ok', 'ok', 'ok', 'UNAUTHORIZED', 'ok', 'FORBIDDEN'),
  'v2 chat_message': WRITES,
  'v2 user_joined': WRITES,
  'v2 typing': WRITES,
  // VALIDATION_ERROR: a guest without a name. `ok`: NOT_FOUND, or no answer before `pong`.
  'v2 edit': row('UNAUTHORIZED', 'FORBIDDEN', 'VALIDATION_ERROR', 'FORBIDDEN', 'ok', 'ok', ...REFUSED),
  'v2 delete': row('UNAUTHORIZED', 'FORBIDDEN', 'VALIDATION_ERROR', 'FORBIDDEN', 'ok', 'ok', ...REFUSED),
  'v2 ping': row('ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'UNAUTHORIZED', 'ok', 'FORBIDDEN'),
  // With an invalid token, which is checked for every kind of client.
  'v2 authenticate': row(...Array<Answer>(8).fill('UNAUTHORIZED'), 'FORBIDDEN'),
  'v1 chat_message': WRITES,
  'v1 user_joined': WRITES,
};

describe('every frame type', () => {
  const all = Object.entries(CLIENT_FRAMES).flatMap(([version, frames]) =>
    Object.keys(frames).map((type) => `${version} ${type}`),
  );

  it('[I41] has a row in the table of rights', () => {
    expect(Object.keys(ANSWERS).sort()).toEqual([...all].sort());
  });

  const SETTINGS: Partial<Record<Kind, Record<string, string>>> = {
    'guest-read': { AUTH_GUESTS: 'read' },
    'guest-write': { AUTH_GUESTS: 'write' },
  };
  const ROLES: Partial<Record<Kind, string[]>> = {
    reader: [],
    writer: ['writer'],
    moderator: ['writer', 'chat-moderator'],
    muted: ['writer'],
    banned: ['writer'],
  };
  const SANCTIONS: Partial<Record<Kind, string>> = { muted: 'mute', banned: 'ban' };

  it.each(KINDS)(
    '[I41] is answered as the table says: %s',
    async (kind) => {
      await start({ AUTH_WRITE_ROLE: 'writer', ...SETTINGS[kind] });
      const expired = kind === 'expired' ? { roles: ['writer'], exp: endingIn(-1) } : undefined;
      const roles = ROLES[kind];
      const sanction = SANCTIONS[kind];
      if (sanction) {
        const moderator = bearer(tokenOf({ sub: 'mod', roles: ['chat-moderator'] }));
        const imposed = await http(`${server.url}/api/users/eva/${sanction}`, { method: 'POST', ...moderator });
        expect(imposed.status).toBe(200);
      }
      const token = expired ? eva(expired) : roles && eva({ roles });
      for (const [name, answers] of Object.entries(ANSWERS)) {
        const [version, type] = name.split(' ');
        const options = token === undefined ? {} : bearer(token);
        const client = await (version === 'v1'
          ? ChatClient.open(server, '/ws', options)
          : ChatClient.openV2(server, options));
        // A refusal of the handshake comes before the answer to the frame.
        client.socket.send(
          JSON.stringify({
            type,
            client_id: name,
            id: 1,
            message: 'x',
            token: type === 'hello' ? undefined : 'x',
            ...(name === 'v1 chat_message' || type === 'user_joined' ? { username: 'eva' } : {}),
            ...(kind === 'guest-write' && { username: 'eva' }),
          }),
        );
        client.socket.send(JSON.stringify({ type: version === 'v2' ? 'ping' : 'end' }));
        const frames: Frame[] = [];
        const isEnd = ({ type: its, message }: Frame) =>
          (its === 'pong' && (type !== 'ping' || frames.length > 0)) || /"type" is missing/.test(String(message));
        const over = client.closed.then(() => ({ type: 'closed' }));
        for (;;) {
          const frame = await Promise.race([client.next(), over]);
          if (isEnd(frame) || frame.type === 'closed') break;
          frames.push(frame);
        }
        const error = frames.find((frame) => frame.type === 'error' && frame.code !== 'NOT_FOUND');
        const code = error && (error.code ?? CODES.find(([text]) => (error.message as string).startsWith(text))?.[1]);
        expect([name, code ?? 'ok']).toEqual([name, answers[kind]]);
        client.socket.terminate();
      }
    },
    30_000,
  );
});

/** Codes by the error texts of v1, which has no codes. */
const CODES: readonly (readonly [string, Answer])[] = [
  ['Not signed in', 'UNAUTHORIZED'],
  ['Not allowed', 'FORBIDDEN'],
];
