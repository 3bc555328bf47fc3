import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { ChatClient } from './support/chat-client';
import { rowsOf } from './support/database';
import { errorResponse, http, rawHttp } from './support/http';
import { IdentityProvider } from './support/identity-provider';
import { RawReader } from './support/raw-reader';
import { moderate, MODERATOR_TOKEN, userPath } from './support/moderator';
import type { TestServer } from './support/server';
import { startForTest } from './support/server-of-test';
import { endingIn, tokenOf, WITH_TOKENS } from './support/tokens';
import { until } from './support/until';

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const messages = ({ url }: TestServer, headers: Record<string, string>) => http(`${url}/api/messages`, { headers });
const named = (sub: string, preferred_username: string) => tokenOf({ sub, preferred_username });

describe('behind a proxy that names the user by a cookie', () => {
  const proxied = {
    AUTH_PROXY_HEADER: 'X-Forwarded-User',
    AUTH_PROXY_ROLES_HEADER: 'X-Groups',
    TRUST_PROXY: '127.0.0.1',
  };
  const moderator = { 'X-Forwarded-User': 'eva', 'X-Groups': 'chat-moderator' };
  const elsewhere = { ...moderator, Origin: 'https://elsewhere.example' };
  const ban = ({ url }: TestServer, headers: Record<string, string>) =>
    http(`${url}/api/users/max/ban`, { method: 'POST', headers });

  it('[I13] a page of another origin cannot use the cookie of its visitor', async () => {
    const server = await startForTest(proxied);
    expect(await ban(server, elsewhere)).toMatchObject({ status: 403, body: errorResponse('FORBIDDEN') });
    expect((await messages(server, elsewhere)).status).toBe(403);
    const client = await ChatClient.openV2(server, { headers: elsewhere });
    client.send({ type: 'hello' });
    expect(await client.closed).toEqual({ code: 1008, reason: 'origin not allowed' });
    expect(client.received.map(({ type }) => type)).not.toContain('welcome');
    expect(await rowsOf(server.database, 'SELECT * FROM sanctions')).toEqual([]);
  });

  it('[I13] the own page, programs and the origins of ALLOWED_ORIGINS can', async () => {
    const server = await startForTest({ ...proxied, ALLOWED_ORIGINS: 'https://elsewhere.example' });
    for (const headers of [moderator, elsewhere, { ...moderator, Origin: server.url }]) {
      expect((await ban(server, headers)).status).toBe(200);
    }
    const forwarded = { ...moderator, 'X-Forwarded-Host': 'chat.example', Origin: 'https://chat.example' };
    expect((await ban(server, forwarded)).status).toBe(200);
    expect((await ban(server, { ...moderator, Origin: 'null' })).status).toBe(403);
  });

  it('[I9] a header given twice is refused, the list of roles too', async () => {
    const server = await startForTest(proxied);
    const answer = await rawHttp(
      server.port,
      'GET /api/moderation/log HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-User: max\r\n' +
        'X-Groups: chat-moderator\r\nX-Groups: team\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });
});

it('[I14] an author has at most twenty names, which others could not have any more', async () => {
  const server = await startForTest(WITH_TOKENS);
  const ask = async (name: string) => (await messages(server, bearer(named('max', name)).headers)).status;
  for (let i = 0; i < 20; i++) expect(await ask(`max${i}`)).toBe(200);
  expect([await ask('eva'), await ask('max0')]).toEqual([403, 200]);
  expect((await messages(server, bearer(named('eva', 'eva')).headers)).status).toBe(200);
});

it('[I37] the time to the end is a whole number, whatever the token says', async () => {
  const server = await startForTest(WITH_TOKENS);
  const exp = Date.now() / 1000 + 100.123_456_7;
  const client = await ChatClient.openV2(server, bearer(tokenOf({ sub: 'max', exp })));
  client.send({ type: 'hello' });
  expect((await client.next()).token_expires_in_ms).toEqual(expect.any(Number));
  client.send({ type: 'authenticate', token: tokenOf({ sub: 'max', exp: exp + 1 }) });
  const { token_expires_in_ms: left } = await client.nextOf('authenticated');
  expect(Number.isInteger(left)).toBe(true);
});

it('[O1] a guest is muted and slowed in any spelling of the name, over REST as on a socket', async () => {
  const guests = { AUTH_GUESTS: 'write', HTTP_POST: 'true', MODERATOR_TOKEN, SLOW_MODE_SECONDS: '600' };
  const server = await startForTest({ ...WITH_TOKENS, ...guests });
  const post = (username: string) =>
    http(`${server.url}/api/messages`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username, message: 'Hallo' }),
    });
  expect((await post('eva')).status).toBe(201);
  for (const spelling of ['eva', '~eva', '~ eva', ' ~  eva ']) expect((await post(spelling)).status).toBe(429);
  expect((await moderate(server, 'POST', userPath('~max', 'mute'))).status).toBe(200);
  for (const spelling of ['max', '~max', '~ max', ' ~  max ']) {
    expect(await post(spelling)).toMatchObject({ status: 403, body: errorResponse('FORBIDDEN') });
  }
});

describe('with an identity provider', () => {
  let provider: IdentityProvider;
  let server: TestServer;
  beforeEach(async () => {
    provider = await IdentityProvider.start('first', 'second');
  });
  afterEach(() => provider.stop());

  it('[I15] ignores invalid keys in the provider’s set', async () => {
    for (const [kid, jwk] of Object.entries({
      rsa: { kty: 'RSA' },
      curve: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
      okp: { kty: 'OKP', crv: 'Ed25519', x: 'AA' },
    })) {
      provider.addJwk({ ...jwk, kid, use: 'sig' });
    }
    server = await startForTest({ AUTH_ISSUER: provider.issuer, AUTH_AUDIENCE: 'chat' });
    for (const [kid, alg] of [
      ['rsa', 'RS256'],
      ['curve', 'ES256'],
      ['okp', 'EdDSA'],
    ]) {
      const [, payload, signature] = (await provider.token({ sub: 'max' })).split('.');
      const header = Buffer.from(JSON.stringify({ alg, kid })).toString('base64url');
      expect((await messages(server, bearer([header, payload, signature].join('.')).headers)).status).toBe(401);
    }
    expect((await messages(server, bearer(await provider.token({ sub: 'max' })).headers)).status).toBe(200);
  });

  it('[I16] a token of a key that the provider withdraws is not valid any more, though it was known', async () => {
    server = await startForTest({ AUTH_ISSUER: provider.issuer, AUTH_AUDIENCE: 'chat' });
    const status = async (token: string) => (await messages(server, bearer(token).headers)).status;
    const [stolen, good] = [await provider.token({ sub: 'max' }), await provider.token({ sub: 'eva' }, 'second')];
    expect([await status(stolen), await status(good)]).toEqual([200, 200]);
    provider.keys.delete('first');
    provider.addKey('third');
    expect(await status(await provider.token({ sub: 'eva' }, 'third'))).toBe(200);
    expect([await status(stolen), await status(good)]).toEqual([401, 200]);
  });

  it('[I44] what waits for the provider is answered when the server stops', async () => {
    server = await startForTest({ AUTH_ISSUER: provider.issuer, AUTH_AUDIENCE: 'chat' });
    provider.addKey('unknown');
    const token = await provider.token({ sub: 'max' }, 'unknown');
    const known = await provider.token({ sub: 'eva' });
    provider.isSilent = true;
    const { requests } = provider;
    const waiting = await ChatClient.openV2(server);
    waiting.send({ type: 'hello', token });
    await until(() => provider.requests > requests);
    const renewing = await ChatClient.openV2(server, bearer(known));
    renewing.send({ type: 'hello' });
    await renewing.nextOf('welcome');
    renewing.send({ type: 'ping' });
    await renewing.nextOf('pong');
    renewing.send({ type: 'authenticate', token });
    renewing.sendV2Message('behind', 'Hallo');
    const listening = server.app.getHttpServer() as NodeJS.EventEmitter;
    const request = messages(server, bearer(token).headers);
    await once(listening, 'request');
    const handshake = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, 'chat.v2', bearer(token));
    // Refused by status, or by close code if answered before the drain begins.
    const refused = Promise.race([
      once(handshake, 'unexpected-response').then(([, answer]) => (answer as IncomingMessage).statusCode),
      once(handshake, 'close').then(([code]) => code as number),
    ]);
    await once(listening, 'upgrade');
    await server.stop();
    expect((await request).status).toBe(503);
    expect([503, 1013]).toContain(await refused);
    for (const client of [waiting, renewing]) {
      expect((await client.closed).code).toBe(1012);
      const frames = client.received.filter(({ type }) => type !== 'user_joined');
      expect(frames[0]).toMatchObject({ type: 'error', code: 'SERVICE_UNAVAILABLE' });
      expect(frames.at(-1)).toMatchObject({ type: 'going_away' });
    }
    const behind = renewing.received.find(({ client_id }) => client_id === 'behind');
    // It may still be stored, depending on what ends first.
    expect(['ack', 'error']).toContain(behind?.type);
  });
});

it('[I38] a reader that stalls gets nothing that came after the end of its token, and can send nothing', async () => {
  const server = await startForTest({ ...WITH_TOKENS, SLOW_CONSUMER_BYTES: '65536' });
  const writer = await ChatClient.openV2(server, bearer(named('max', 'max')));
  writer.send({ type: 'hello' });
  await writer.nextOf('welcome');
  const token = tokenOf({ sub: 'eva', exp: endingIn(4) });
  const reader = await RawReader.open(server.port, { after: 0 }, token);
  const chunks: Buffer[] = [];
  reader.stopReading();
  const stream = await fetch(`${server.url}/api/messages/stream?after=0`, bearer(token));
  const write = async (text: string, count: number) => {
    for (let i = 0; i < count; i++) writer.send({ type: 'chat_message', client_id: `${text[0]}${i}`, message: text });
    for (let i = 0; i < count; i++) await writer.nextOf('ack');
  };
  await write('x'.repeat(4_000), 3_000);
  const ended = async () =>
    (await http(`${server.url}/metrics`)).text.includes('chat_connections_closed_total{cause="token_expired"} 2');
  await until(ended);
  await write('too late', 1);
  reader.send({ type: 'chat_message', client_id: 'late', message: 'too late as well' });
  reader.socket.on('data', (data) => chunks.push(data)).resume();
  await until(() => Buffer.concat(chunks).includes('access token expired'));
  reader.socket.destroy();
  const received = Buffer.concat(chunks).toString('latin1') + (await stream.text());
  expect(received).toContain('xxxx');
  expect(received.length).toBeLessThan(2 * 3_000 * 4_000);
  expect(received).not.toContain('too late');
  const { body } = await messages(server, bearer(named('max', 'max')).headers);
  expect(body).toMatchObject({ total: 3_001 });
}, 60_000);

it('[I46] an author earns no rate by further connections or requests', async () => {
  const server = await startForTest({ ...WITH_TOKENS, MESSAGE_RATE: '1', MESSAGE_BURST: '4' });
  const token = named('1', 'max');
  const first = await ChatClient.openV2(server, bearer(token));
  const second = await ChatClient.openV2(server, bearer(token));
  for (const [i, client] of [first, second, first].entries()) {
    if (i < 2) client.send({ type: 'hello' });
    client.send({ type: 'chat_message', client_id: `c${i}`, message: 'x' });
    await client.nextOf('ack');
  }
  const post = (key: string) =>
    http(`${server.url}/api/messages`, {
      method: 'POST',
      headers: { ...bearer(token).headers, 'Content-Type': 'application/json', 'Idempotency-Key': key },
      body: JSON.stringify({ message: 'x' }),
    });
  expect((await post('d')).status).toBe(201);
  expect((await post('e')).status).toBe(429);
  second.send({ type: 'chat_message', client_id: 'f', message: 'x' });
  expect(await second.nextOf('error')).toMatchObject({ code: 'RATE_LIMITED', client_id: 'f' });
  const other = await ChatClient.openV2(server, bearer(named('2', 'eva')));
  other.send({ type: 'hello' });
  other.send({ type: 'chat_message', client_id: 'a', message: 'x' });
  expect(await other.nextOf('ack')).toMatchObject({ client_id: 'a' });
});
