import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SignJWT, type JWTPayload } from 'jose';
import { AccessModule } from '../src/access/access.module';
import { AppModule } from '../src/app.module';
import { StartupError } from '../src/platform/errors/startup-error';
import { Public } from '../src/platform/http/route-access';
import { Routes } from '../src/platform/http/routes';
import { readSettings } from '../src/settings/load-settings';
import { newDatabase, rowsOf } from './support/database';
import { errorResponse, http, rawHttp } from './support/http';
import { IdentityProvider } from './support/identity-provider';
import type { TestServer } from './support/server';
import { startForTest } from './support/server-of-test';

const SECRET = 'a-secret-of-at-least-thirty-two-characters';
const OPERATOR = 'the-operators-own-secret-of-32-characters';
const now = () => Math.floor(Date.now() / 1000);

const tokenOf = (claims: JWTPayload, exp = now() + 600) =>
  new SignJWT({ exp, ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(SECRET));
const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

const messages = ({ url }: TestServer, init: RequestInit = {}, query = '') => http(`${url}/api/messages${query}`, init);

describe('every route', () => {
  /** Statuses by kind of client; the muted and the banned one have the roles to read and write. */
  type Row = readonly [
    nobody: number,
    guest: number,
    reader: number,
    writer: number,
    moderator: number,
    expired: number,
    muted: number,
    banned: number,
  ];
  const PUBLIC: Row = [200, 200, 200, 200, 200, 200, 200, 200];
  const READ: Row = [401, 200, 200, 403, 200, 401, 200, 403];
  const moderated = (status: number): Row => [401, 403, 403, 403, status, 401, 403, 403];
  const ROWS: Record<string, Row> = {
    'GET /api/messages': READ,
    'GET /api/messages/recent': READ,
    'GET /api/messages/user/:username': READ,
    'GET /api/messages/stats': READ,
    'GET /api/messages/changes': READ,
    // Past the guard: `:id` is not an id, and the request has no body.
    'GET /api/messages/:id': [401, 404, 404, 403, 404, 401, 404, 403],
    'POST /api/messages': [401, 403, 403, 415, 403, 401, 403, 403],
    'PATCH /api/messages/:id': [401, 403, 403, 404, 403, 401, 403, 403],
    'DELETE /api/messages/:id': [401, 403, 403, 404, 404, 401, 403, 403],
    'GET /api/messages/stream': READ,
    'GET /health': PUBLIC,
    'GET /health/live': PUBLIC,
    'GET /health/ready': PUBLIC,
    'GET /status': PUBLIC,
    'GET /metrics': PUBLIC,
    'GET /access.json': PUBLIC,
    'GET /docs/asyncapi.json': PUBLIC,
    'GET /docs/ws': PUBLIC,
    'GET /ws': [400, 400, 400, 400, 400, 400, 400, 400],
    'GET /api/moderation/users': moderated(200),
    'GET /api/moderation/log': moderated(200),
    'POST /api/users/:username/mute': moderated(200),
    'DELETE /api/users/:username/mute': moderated(204),
    'POST /api/users/:username/ban': moderated(200),
    'DELETE /api/users/:username/ban': moderated(204),
    'POST /api/users/:username/disconnect': moderated(204),
    'DELETE /api/users/:username/messages': moderated(200),
    'GET /api/users/:username/messages/export': moderated(200),
  };
  const ROLES = { AUTH_READ_ROLE: 'reader', AUTH_WRITE_ROLE: 'writer' };

  it('[I1] answers each kind of client by its row in the table', async () => {
    const closed = await startForTest({ AUTH_JWT_SECRET: SECRET, ...ROLES });
    const open = await startForTest({ AUTH_JWT_SECRET: SECRET, AUTH_GUESTS: 'read', ...ROLES });
    const names = closed.app.get(Routes).all.map(({ method, path }) => `${method} ${path}`);
    expect(Object.keys(ROWS).sort()).toEqual(names.sort());
    const clients: [TestServer, RequestInit][] = [
      [closed, {}],
      [open, {}],
    ];
    for (const [sub, roles] of Object.entries({ eva: 'reader', max: 'writer', mod: 'reader chat-moderator' })) {
      clients.push([closed, bearer(await tokenOf({ sub, roles }))]);
    }
    clients.push([closed, bearer(await tokenOf({ sub: 'old', roles: ['reader'] }, now() - 60))]);
    for (const [sub, sanction] of Object.entries({ stumm: 'mute', weg: 'ban' })) {
      const moderator = bearer(await tokenOf({ sub: 'mod', roles: 'reader chat-moderator' }));
      const imposed = await http(`${closed.url}/api/users/${sub}/${sanction}`, { method: 'POST', ...moderator });
      expect(imposed.status).toBe(200);
      clients.push([closed, bearer(await tokenOf({ sub, roles: 'reader writer' }))]);
    }
    for (const [route, row] of Object.entries(ROWS)) {
      const [method, path] = route.split(' ') as [string, string];
      const statuses = clients.map(async ([{ url }, init]) => {
        const request = new AbortController();
        const answer = await fetch(url + path.replace(':username', 'max'), { ...init, method, signal: request.signal });
        request.abort();
        return answer.status === 426 ? 400 : answer.status;
      });
      expect([route, ...(await Promise.all(statuses))]).toEqual([route, ...row]);
    }
  });

  it('[I1] needs a mark, or the server does not start', async () => {
    @Controller('forgotten')
    class Forgotten {
      @Get('one')
      one(): string {
        return '';
      }
      @Get('two')
      @Public()
      two(): string {
        return '';
      }
    }
    const app = AppModule.with(readSettings({ DATABASE_URL: await newDatabase(), LOG_LEVEL: 'error' }));
    @Module({ imports: [app, AccessModule], controllers: [Forgotten] })
    class Careless {}
    const starting = NestFactory.create(Careless, { abortOnError: false, logger: false });
    await expect(starting).rejects.toThrow(
      new StartupError('the route GET /forgotten/one needs @Public() or @Requires(…)'),
    );
  });

  it('[I2] refuses by RFC 6750, in the language of the client', async () => {
    const server = await startForTest({ AUTH_JWT_SECRET: SECRET, AUTH_READ_ROLE: 'reader' });
    const missing = await messages(server, { headers: { 'Accept-Language': 'en' } });
    expect(missing.body).toEqual(errorResponse('UNAUTHORIZED', 'Not signed in: an access token is needed'));
    expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="chat"');
    expect(missing.headers.get('cache-control')).toBe('no-store');
    const invalid = await messages(server, bearer('x'));
    expect(invalid.body).toEqual(errorResponse('UNAUTHORIZED', 'Nicht angemeldet: das Zugangstoken ist ungültig'));
    expect(invalid.headers.get('www-authenticate')).toMatch(/^Bearer realm="chat", error="invalid_token", error_d/);
    const forbidden = await messages(server, bearer(await tokenOf({ sub: 'max' })));
    expect([forbidden.status, forbidden.body]).toEqual([403, errorResponse('FORBIDDEN')]);
    expect(forbidden.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
  });
});

it('[I3] takes one token from one place', async () => {
  const server = await startForTest({ AUTH_JWT_SECRET: SECRET });
  const guests = await startForTest({ AUTH_JWT_SECRET: SECRET, AUTH_GUESTS: 'read' });
  const token = await tokenOf({ sub: 'max' });
  const askOf = async ({ port }: TestServer, ...lines: string[]) => {
    const head = ['GET /api/messages HTTP/1.1', 'Host: x', 'Connection: close', ...lines];
    return Number((await rawHttp(port, `${head.join('\r\n')}\r\n\r\n`)).slice(9, 12));
  };
  const ask = (...lines: string[]) => askOf(server, ...lines);
  expect(await ask(`Authorization: bearer  ${token}`)).toBe(200);
  expect(await ask('Authorization: Basic eDp5')).toBe(401);
  for (const value of [
    'Bearer',
    'Bearer ',
    `Bearer ${token} ${token}`,
    `Bearer ${token}, Bearer ${token}`,
    `Bearer ${token}\u00a0`,
    `Bearer\t${token}`,
  ]) {
    expect(await ask(`Authorization: ${value}`)).toBe(401);
    // Nor does it pass as a guest.
    expect(await askOf(guests, `Authorization: ${value}`)).toBe(401);
  }
  expect(await ask(`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`)).toBe(401);
  expect((await messages(server, {}, `?access_token=${token}`)).status).toBe(401);
  expect((await http(`${server.url}/api/messages/stream?access_token=${token}`)).status).toBe(401);
});

it('[I3] takes a token from the query of event streams alone, and only where that is allowed', async () => {
  const server = await startForTest({ AUTH_JWT_SECRET: SECRET, AUTH_QUERY_TOKEN: 'true' });
  const token = await tokenOf({ sub: 'max' });
  const status = async (path: string, init: RequestInit = {}) => {
    const request = new AbortController();
    const answer = await fetch(server.url + path, { ...init, signal: request.signal });
    request.abort();
    return answer.status;
  };
  expect(await status(`/api/messages/stream?access_token=${token}`)).toBe(200);
  expect(await status(`/api/messages/Stream/?access_token=${token}`)).toBe(200);
  expect(await status(`/api/messages/stream?access_token=${token}&access_token=${token}`)).toBe(401);
  expect(await status(`/api/messages/stream?access_token=${token}`, bearer(token))).toBe(401);
  expect(await status(`/api/messages?access_token=${token}`)).toBe(401);
});

it('[I4] gives a name to its first subject for ever', async () => {
  const server = await startForTest({ AUTH_JWT_SECRET: SECRET });
  const ask = async (claims: JWTPayload) => (await messages(server, bearer(await tokenOf(claims)))).status;
  const crowd = Array.from({ length: 10 }, (_, i) => ask({ sub: `subject-${i}`, preferred_username: 'max' }));
  expect((await Promise.all(crowd)).sort()).toEqual([200, ...Array<number>(9).fill(403)]);
  const [owner] = await rowsOf(server.database, 'SELECT subject FROM authors JOIN owned_names ON author_id = id');
  expect(await ask({ sub: String(owner!.subject), preferred_username: ' max ' })).toBe(200);
  expect(await ask({ sub: String(owner!.subject), preferred_username: 'moritz' })).toBe(200);
  expect(await ask({ sub: String(owner!.subject), preferred_username: 'max', iss: 'another' })).toBe(403);
  expect(await ask({ sub: 'subject-10', preferred_username: 'max' })).toBe(403);
});

it.each<[string, JWTPayload, number]>([
  ['without a subject', {}, 401],
  ['with an empty subject', { sub: '' }, 401],
  ['with a subject of 256 characters', { sub: 'x'.repeat(256), preferred_username: 'max' }, 401],
  ['with NUL in its subject', { sub: 'a\0b', preferred_username: 'max' }, 401],
  ['with half a character in its subject', { sub: 'a\ud800', preferred_username: 'max' }, 401],
  ['with the issuer of the proxy', { sub: 'max', iss: 'proxy' }, 401],
  ['with an issuer of 513 characters', { sub: 'max', iss: 'x'.repeat(513) }, 401],
  ['with the mark of guests', { sub: 'max', preferred_username: ' ~max' }, 403],
  ['with a full-width mark', { sub: 'max', preferred_username: '\uff5emax' }, 403],
  ['with an operator in place of the mark', { sub: 'max', preferred_username: '\u223coperator' }, 403],
  ['with a wave in place of the mark', { sub: 'max', preferred_username: '\u301cmax' }, 403],
  ['with a wavy line in place of the mark', { sub: 'max', preferred_username: '\u3030max' }, 403],
  ['with two waves in place of the mark', { sub: 'max', preferred_username: '\u2248max' }, 403],
  ['with a name of 51 characters', { sub: 'max', preferred_username: 'x'.repeat(51) }, 403],
  ['with a name of control characters', { sub: 'max', preferred_username: 'a\u202eb' }, 403],
  ['with a name that is no text', { sub: 'max', preferred_username: ['max'] }, 403],
  ['with a name as an object', { sub: 'max', preferred_username: { __proto__: 'max' } }, 403],
  ['with dots as a name', { sub: '..' }, 403],
])('[I5] refuses a token %s', async (_what, claims, status) => {
  const server = await startForTest({ AUTH_JWT_SECRET: SECRET });
  expect((await messages(server, bearer(await tokenOf(claims)))).status).toBe(status);
  expect(await rowsOf(server.database, 'SELECT * FROM owned_names')).toEqual([]);
});

it('[I6] lets the operator moderate and read with MODERATOR_TOKEN, and ignores it elsewhere', async () => {
  const server = await startForTest({ AUTH_JWT_SECRET: SECRET, MODERATOR_TOKEN: OPERATOR });
  expect((await messages(server, bearer(OPERATOR))).status).toBe(200);
  expect((await messages(server, bearer(`${OPERATOR}x`))).status).toBe(401);
  const open = await startForTest({ MODERATOR_TOKEN: OPERATOR });
  expect((await messages(open, bearer('x'))).status).toBe(200);
  expect((await messages(open, { headers: { Authorization: 'Bearer' } })).status).toBe(200);
});

describe('with an identity provider', () => {
  let provider: IdentityProvider;
  let environment: Record<string, string>;
  beforeEach(async () => {
    provider = await IdentityProvider.start('one');
    environment = { AUTH_ISSUER: provider.issuer, AUTH_AUDIENCE: 'chat' };
  });
  afterEach(() => provider.stop());
  const ask = async (server: TestServer, token: string) => (await messages(server, bearer(token))).status;

  it('[I7] finds its keys by discovery, and a new one when a token names it', async () => {
    const server = await startForTest(environment);
    expect(await ask(server, await provider.token({ sub: 'max' }))).toBe(200);
    provider.addKey('two');
    expect(await ask(server, await provider.token({ sub: 'max' }, 'two'))).toBe(200);
    expect(await ask(server, await provider.token({ sub: 'max', aud: 'mail' }))).toBe(401);
    expect(await ask(server, await provider.token({ sub: 'max', iss: `${provider.issuer}/` }))).toBe(401);
  });

  it('[I7] takes no key of another provider that has the same kid', async () => {
    const other = await IdentityProvider.start('one');
    const server = await startForTest({ ...environment, AUTH_JWKS_URL: `${provider.issuer}/keys` });
    expect(await ask(server, await other.token({ sub: 'max' }))).toBe(401);
    expect(await ask(server, await other.token({ sub: 'max', iss: provider.issuer }))).toBe(401);
    expect(other.requests).toBe(0);
    await other.stop();
  });

  it('[I17] accepts only its access tokens, not other tokens that it signs for the same client', async () => {
    const server = await startForTest(environment);
    const signedOut = { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } };
    for (const [kind, status] of [
      [{ typ: 'Bearer' }, 200],
      [{ typ: 'ID' }, 401],
      [signedOut, 401],
    ] as const) {
      expect(await ask(server, await provider.token({ sub: 'max', ...kind }))).toBe(status);
    }
  });

  it('[I8] keeps the last keys while the provider is down, and says so', async () => {
    const server = await startForTest(environment);
    const ready = () => http(`${server.url}/health/ready`);
    expect((await ready()).body).toMatchObject({ status: 'ok', details: { access: { status: 'up' } } });
    provider.status = 500;
    provider.addKey('two');
    const unknown = await messages(server, bearer(await provider.token({ sub: 'max' }, 'two')));
    expect([unknown.status, unknown.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await ask(server, await provider.token({ sub: 'max' }))).toBe(200);
    const degraded = await ready();
    expect(degraded.status).toBe(200);
    expect(degraded.body).toMatchObject({ details: { access: { status: 'degraded' } } });
  });

  it('[I8] waits at the start until the provider answers as it should', async () => {
    provider.discovered = { issuer: 'https://evil.example' };
    const starting = startForTest(environment);
    while (provider.requests < 2) await new Promise((resolve) => setImmediate(resolve));
    provider.discovered = {};
    expect(await ask(await starting, await provider.token({ sub: 'max' }))).toBe(200);
  });
});

describe('behind a proxy that names the user', () => {
  const proxied = {
    AUTH_PROXY_HEADER: 'X-Forwarded-User',
    AUTH_PROXY_ROLES_HEADER: 'X-Groups',
    AUTH_READ_ROLE: 'reader',
  };
  const as = (user: string, roles = 'reader') => ({ headers: { 'X-Forwarded-User': user, 'X-Groups': roles } });

  it('[I9] believes the header', async () => {
    const server = await startForTest({ ...proxied, TRUST_PROXY: '127.0.0.1' });
    const ask = async (init: RequestInit) => (await messages(server, init)).status;
    expect(await ask(as('max', 'a, reader'))).toBe(200);
    expect(await ask(as('max', 'a'))).toBe(403);
    expect(await ask(as(Buffer.from('Jürgen').toString('latin1')))).toBe(200);
    expect([await ask({}), await ask(as(''))]).toEqual([401, 401]);
    for (const user of ['eva, max', 'x'.repeat(256)]) expect(await ask(as(user))).toBe(401);
    expect(await ask(as('~max'))).toBe(403);
    const names = await rowsOf(server.database, 'SELECT username FROM owned_names ORDER BY username');
    expect(names).toEqual([{ username: 'Jürgen' }, { username: 'max' }]);
  });

  it('[I9] ignores the header of anybody else, whatever they forward', async () => {
    const server = await startForTest({ ...proxied, TRUST_PROXY: '192.0.2.1' });
    const { headers } = as('max');
    expect((await messages(server, { headers: { ...headers, 'X-Forwarded-For': '192.0.2.1' } })).status).toBe(401);
  });
});

it('[I10] limits failed checks per address, but not known tokens', async () => {
  const server = await startForTest({ AUTH_JWT_SECRET: SECRET, AUTH_FAILURE_RATE_PER_IP: '3' });
  const known = bearer(await tokenOf({ sub: 'max' }));
  expect((await messages(server, known)).status).toBe(200);
  const attempts = [];
  for (const attempt of ['a', 'b', 'c', 'd']) attempts.push((await messages(server, bearer(attempt))).status);
  expect(attempts).toEqual([401, 401, 401, 429]);
  expect((await messages(server, known)).status).toBe(200);
  const { text } = await http(`${server.url}/metrics`);
  expect(text).toContain('chat_auth_total{result="token_invalid"} 3');
  expect(text).toContain('chat_limited_total{limit="authentications"} 1');
});

it('[I11] shows /metrics only with METRICS_TOKEN, or only on METRICS_PORT', async () => {
  const guarded = await startForTest({ METRICS_TOKEN: SECRET });
  expect((await http(`${guarded.url}/metrics`)).status).toBe(401);
  expect((await http(`${guarded.url}/metrics`, bearer('x'))).status).toBe(401);
  expect((await http(`${guarded.url}/metrics`, bearer(SECRET))).status).toBe(200);
  const port = await freePort();
  const apart = await startForTest({ METRICS_TOKEN: SECRET, METRICS_PORT: String(port), HOST: '127.0.0.1' });
  const own = `http://127.0.0.1:${port}`;
  expect((await http(`${apart.url}/metrics`, bearer(SECRET))).status).toBe(404);
  expect((await http(`${own}/metrics`)).body).toEqual(errorResponse('UNAUTHORIZED'));
  expect((await http(`${own}/metrics?x=1`, bearer(SECRET))).text).toContain('chat_build_info');
  expect((await http(`${own}/status`)).status).toBe(404);
});

it('[I12] serves neither documents nor page where they are off', async () => {
  const server = await startForTest({ API_DOCS: 'off', WEB_PAGE: 'off' });
  for (const path of ['/', '/index.html', '/chat.js', '/docs', '/docs-json', '/docs/ws', '/docs/asyncapi.json']) {
    expect([path, (await http(server.url + path)).status]).toEqual([path, 404]);
  }
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
