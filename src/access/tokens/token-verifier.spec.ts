import { Logger } from '@nestjs/common';
import { createHmac, generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { SignJWT } from 'jose';
import { ManualClock } from '../../../test/support/manual-clock';
import { ProviderKeys } from './provider-keys';
import { SharedSecrets } from './shared-secrets';
import { TokenVerifier } from './token-verifier';

const SECRET = 'a secret of at least thirty-two characters';
const ISSUER = 'https://id.example';
const NOW = Math.floor(Date.now() / 1000);
const CLAIMS = { sub: 'max', iss: ISSUER, aud: 'chat', exp: NOW + 600 };

const LOGOUT = 'http://schemas.openid.net/event/backchannel-logout';

type Header = Record<string, unknown>;

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Builds a token by hand, as an attacker would: libraries refuse to sign invalid ones. */
function forge(header: Header, claims: object, signature: (input: string) => Buffer): string {
  const input = `${encoded(header)}.${encoded(claims)}`;
  return `${input}.${signature(input).toString('base64url')}`;
}

const hmac = (secret: string | Buffer) => (input: string) => createHmac('sha256', secret).update(input).digest();

const reasonOf = (verify: Promise<unknown>) =>
  verify.then(() => 'accepted').catch((error: unknown) => (error as Error).message);

describe('with a shared secret', () => {
  const verifier = new TokenVerifier(new SharedSecrets([SECRET]), ISSUER, 'chat');
  const check = (header: Header, claims: object, secret = SECRET) =>
    reasonOf(verifier.verify(forge({ alg: 'HS256', ...header }, claims, hmac(secret))));

  it('accepts a token of it, and of the one before it', async () => {
    expect(await check({}, CLAIMS)).toBe('accepted');
    const rotated = new TokenVerifier(new SharedSecrets([`${SECRET}, a new one`, SECRET]), '', '');
    expect(await reasonOf(rotated.verify(forge({ alg: 'HS256' }, CLAIMS, hmac(SECRET))))).toBe('accepted');
    for (const alg of ['HS384', 'HS512']) {
      const token = await new SignJWT({})
        .setExpirationTime('1m')
        .setProtectedHeader({ alg })
        .sign(Buffer.from(SECRET.repeat(2)));
      expect(await reasonOf(new TokenVerifier(new SharedSecrets([SECRET.repeat(2)]), '', '').verify(token))).toBe(
        'accepted',
      );
    }
  });

  it.each([undefined, 'JWT', 'jwt', 'at+jwt', 'application/at+jwt', 'AT+JWT'])('accepts the type %s', async (typ) => {
    expect(await check({ typ }, CLAIMS)).toBe('accepted');
    expect(await check({ typ }, { ...CLAIMS, typ: 'Bearer' })).toBe('accepted');
  });

  it('tolerates 30 seconds', async () => {
    expect(await check({}, { ...CLAIMS, exp: NOW - 20 })).toBe('accepted');
    expect(await check({}, { ...CLAIMS, nbf: NOW + 20 })).toBe('accepted');
    expect(await check({}, { ...CLAIMS, exp: NOW - 60 })).toBe('token_expired');
    expect(await check({}, { ...CLAIMS, nbf: NOW + 60 })).toBe('token_invalid');
  });

  it.each<[string, Header, object]>([
    ['without exp', {}, { ...CLAIMS, exp: undefined }],
    ['with exp as a text', {}, { ...CLAIMS, exp: String(CLAIMS.exp) }],
    ['that lasts for ever', {}, { ...CLAIMS, exp: 1e300 }],
    ['of another audience', {}, { ...CLAIMS, aud: 'mail' }],
    ['without an audience', {}, { ...CLAIMS, aud: undefined }],
    ['of another issuer', {}, { ...CLAIMS, iss: 'https://id.example/' }],
    ['without an issuer', {}, { ...CLAIMS, iss: undefined }],
    ['with an unknown critical header', { crit: ['x'], x: 1 }, CLAIMS],
    ['with an unencoded payload', { crit: ['b64'], b64: false }, CLAIMS],
    ['without an algorithm', { alg: undefined }, CLAIMS],
    ['of alg none', { alg: 'none' }, CLAIMS],
    ['of alg None', { alg: 'None' }, CLAIMS],
    ['of a public key', { alg: 'RS256' }, CLAIMS],
    ['that notifies of the end of a session', { typ: 'logout+jwt' }, CLAIMS],
    ['that notifies of it without saying so in the header', {}, { ...CLAIMS, events: { [LOGOUT]: {} } }],
    ['that proves the possession of a key', { typ: 'dpop+jwt' }, CLAIMS],
    ['of a media type of another kind', { typ: 'application/secevent+JWT' }, CLAIMS],
    ['of a type that is not a text', { typ: { toString: 'JWT' } }, CLAIMS],
    ['of no type but an empty one', { typ: '' }, CLAIMS],
    ["that is Keycloak's ID token", { typ: 'JWT' }, { ...CLAIMS, typ: 'ID' }],
    ["that is Keycloak's refresh token", { typ: 'JWT' }, { ...CLAIMS, typ: 'Refresh' }],
  ])('refuses a token %s', async (_what, header, claims) => {
    expect(await check(header, claims)).toBe('token_invalid');
  });

  it('refuses what is forged, unsigned, encrypted, no token at all, or longer than 8 KiB', async () => {
    expect(await check({}, CLAIMS, `${SECRET}!`)).toBe('token_invalid');
    const token = forge({ alg: 'HS256' }, CLAIMS, hmac(SECRET));
    const [header, payload, signature] = token.split('.');
    const unsigned = `${encoded({ alg: 'none' })}.${payload}.`;
    const changed = `${header}.${encoded({ ...CLAIMS, sub: 'eva' })}.${signature}`;
    const long = forge({ alg: 'HS256' }, { ...CLAIMS, x: 'x'.repeat(8_192) }, hmac(SECRET));
    for (const one of [
      unsigned,
      changed,
      long,
      '',
      '.',
      '..',
      '....',
      'x',
      `${token}.`,
      `${token}\n`,
      token.slice(1),
      token.slice(0, -4),
      `${token}AAAA`,
      forge({ alg: 'HS512' }, CLAIMS, hmac(SECRET)),
      `${header}.${'A'.repeat(40)}.${signature}`,
    ]) {
      expect(await reasonOf(verifier.verify(one))).toBe('token_invalid');
    }
  });
});

describe('with the keys of a provider', () => {
  const pair = (kid: string) => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return { kid, privateKey, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid } };
  };
  const [one, two] = [pair('one'), pair('two')];
  const rs256 = (key: KeyObject) => (input: string) => sign('sha256', Buffer.from(input), key);
  const tokenOf = ({ kid, privateKey }: typeof one, header: Header = {}) =>
    forge({ alg: 'RS256', kid, ...header }, CLAIMS, rs256(privateKey));

  let served: JsonWebKey[] | undefined;
  let fetches: number;
  let clock: ManualClock;
  let keys: ProviderKeys;
  let verifier: TokenVerifier;
  beforeEach(async () => {
    [served, fetches, clock] = [[one.jwk], 0, new ManualClock()];
    const fetchKeys = () => {
      fetches++;
      return served ? Promise.resolve({ keys: served }) : Promise.reject(new Error('down'));
    };
    keys = new ProviderKeys(fetchKeys, clock);
    verifier = new TokenVerifier(keys, ISSUER, 'chat');
    Logger.overrideLogger(false);
    await keys.open();
  });
  afterEach(() => keys.close());
  const check = (token: string) => reasonOf(verifier.verify(token));

  it('accepts a token of a key of the set, with or without its kid', async () => {
    expect(await check(tokenOf(one))).toBe('accepted');
    served = [one.jwk, two.jwk];
    await clock.advance(600_000);
    expect(await check(tokenOf(two))).toBe('accepted');
    expect(await check(tokenOf(two, { kid: undefined }))).toBe('accepted');
    expect(fetches).toBe(2);
  });

  it('refuses a token signed by HS256 with the public key', async () => {
    const forms = [
      one.publicKey.export({ format: 'pem', type: 'spki' }),
      one.publicKey.export({ format: 'der', type: 'spki' }),
    ];
    for (const form of [...forms, JSON.stringify(one.jwk)]) {
      expect(await check(forge({ alg: 'HS256', kid: 'one' }, CLAIMS, hmac(form)))).toBe('token_invalid');
    }
  });

  it('ignores keys and URLs in the token', async () => {
    const header = { jwk: two.jwk, jku: 'https://evil.example/keys', x5u: 'https://evil.example/cert' };
    expect(await check(tokenOf(two, { ...header, kid: 'one' }))).toBe('token_invalid');
    expect(await check(tokenOf(two, { ...header, kid: undefined }))).toBe('token_invalid');
    expect(fetches).toBe(1);
  });

  it('fetches the keys again for an unknown kid, at most once in 30 seconds', async () => {
    served = [one.jwk, two.jwk];
    expect(await check(tokenOf(two))).toBe('accepted');
    for (let i = 0; i < 10; i++) expect(await check(tokenOf(two, { kid: `x${i}` }))).toBe('token_invalid');
    expect(fetches).toBe(2);
    await clock.advance(30_000);
    await Promise.all(Array.from({ length: 10 }, (_, i) => check(tokenOf(two, { kid: `y${i}` }))));
    expect(fetches).toBe(3);
  });

  it('keeps the last keys while the provider is down; an unknown one is not called invalid', async () => {
    served = undefined;
    expect(await check(tokenOf(two))).toBe('keys_unavailable');
    expect([keys.isStale, await check(tokenOf(one))]).toEqual([true, 'accepted']);
    expect(await check(tokenOf(two))).toBe('keys_unavailable');
    expect(fetches).toBe(2);
    served = [two.jwk];
    await clock.advance(30_000);
    expect(await check(tokenOf(two))).toBe('accepted');
    expect([keys.isStale, await check(tokenOf(one))]).toEqual([false, 'token_invalid']);
  });

  it('forgets a key that the provider has withdrawn', async () => {
    served = [two.jwk];
    await clock.advance(600_000);
    await keys.keysFor({ alg: 'RS256', kid: 'two' });
    expect(await check(tokenOf(one))).toBe('token_invalid');
  });
});
