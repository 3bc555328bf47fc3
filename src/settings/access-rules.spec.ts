import { readSettings } from './load-settings';

const SECRET = 'a secret of at least thirty-two characters';
const ISSUER = 'https://id.example';

it.each<Record<string, string>>([
  { AUTH_ISSUER: ISSUER, AUTH_AUDIENCE: 'chat' },
  { AUTH_ISSUER: 'http://127.0.0.1:8080/realms/chat', AUTH_AUDIENCE: 'chat' },
  { AUTH_JWKS_URL: 'http://[::1]:8080/keys', AUTH_AUDIENCE: 'chat' },
  { AUTH_JWT_SECRET: SECRET, AUTH_JWT_SECRET_PREVIOUS: SECRET },
  { AUTH_PROXY_HEADER: 'X-Forwarded-User', AUTH_PROXY_ROLES_HEADER: 'X-Forwarded-Groups', TRUST_PROXY: '10.0.0.0/8' },
  { AUTH_GUESTS: 'none' },
  { AUTH_READ_ROLE: 'reader', AUTH_GUESTS: 'write', AUTH_JWT_SECRET: SECRET },
  { AUTH_PROXY_HEADER: 'Remote-User', TRUST_PROXY: 'loopback, fd00::/8' },
])('allows %j', (environment) => {
  expect(readSettings(environment)).toMatchObject(environment);
});

it.each<[string, Record<string, string>]>([
  ['AUTH_ISSUER', { AUTH_ISSUER: ISSUER }],
  ['AUTH_JWKS_URL', { AUTH_JWKS_URL: `${ISSUER}/keys` }],
  ['AUTH_ISSUER', { AUTH_ISSUER: 'http://id.example', AUTH_AUDIENCE: 'chat' }],
  ['AUTH_ISSUER', { AUTH_ISSUER: 'http://localhost.evil.example', AUTH_AUDIENCE: 'chat' }],
  ['AUTH_ISSUER', { AUTH_ISSUER: 'https://user:geheim@id.example', AUTH_AUDIENCE: 'chat' }],
  ['AUTH_JWKS_URL', { AUTH_JWKS_URL: 'file:///etc/keys', AUTH_AUDIENCE: 'chat' }],
  ['AUTH_JWT_SECRET', { AUTH_JWT_SECRET: SECRET, AUTH_ISSUER: ISSUER, AUTH_AUDIENCE: 'chat' }],
  ['AUTH_JWT_SECRET', { AUTH_JWT_SECRET: 'geheim' }],
  ...['AUTH_JWT_SECRET', 'CLUSTER_SECRET'].flatMap((name): [string, Record<string, string>][] => [
    [name, { [name]: ' '.repeat(40) }],
    [name, { [name]: `geheim${' '.repeat(40)}` }],
  ]),
  ['AUTH_JWT_SECRET_PREVIOUS', { AUTH_JWT_SECRET: SECRET, AUTH_JWT_SECRET_PREVIOUS: '\t'.repeat(40) }],
  ['AUTH_JWT_SECRET_PREVIOUS', { AUTH_JWT_SECRET_PREVIOUS: `geheim ${SECRET}` }],
  // The value of the secret or the issuer got lost.
  ['AUTH_AUDIENCE', { AUTH_AUDIENCE: 'chat', AUTH_ISSUER: '' }],
  ['AUTH_READ_ROLE', { AUTH_READ_ROLE: 'reader', AUTH_JWT_SECRET: '' }],
  ['AUTH_WRITE_ROLE', { AUTH_WRITE_ROLE: 'writer', MODERATOR_TOKEN: SECRET.replaceAll(' ', '-') }],
  ['AUTH_READ_ROLE', { AUTH_READ_ROLE: 'none' }],
  ['AUTH_GUESTS', { AUTH_GUESTS: 'read' }],
  ['MODERATOR_TOKEN', { MODERATOR_TOKEN: 'geheim' }],
  ['METRICS_TOKEN', { METRICS_TOKEN: 'geheim' }],
  ...['false', 'true', '1', '0.0.0.0/1,128.0.0.0/1', '::/1,8000::/1', '10.0.0.1,::ffff:0:0/96'].map(
    (TRUST_PROXY): [string, Record<string, string>] => [
      'AUTH_PROXY_HEADER',
      { AUTH_PROXY_HEADER: 'X-User', TRUST_PROXY },
    ],
  ),
  ['AUTH_PROXY_HEADER', { AUTH_PROXY_HEADER: 'X-User' }],
  ['AUTH_PROXY_HEADER', { AUTH_PROXY_HEADER: 'Authorization', TRUST_PROXY: '10.0.0.1' }],
  ['AUTH_PROXY_ROLES_HEADER', { AUTH_PROXY_ROLES_HEADER: 'X-Roles' }],
  [
    'AUTH_PROXY_ROLES_HEADER',
    { AUTH_PROXY_ROLES_HEADER: 'x-user', AUTH_PROXY_HEADER: 'X-User', TRUST_PROXY: '10.0.0.1' },
  ],
])('refuses %s of %j, without printing a secret', (name, environment) => {
  const read = () => readSettings(environment);
  expect(read).toThrow(new RegExp(`^${name}=".*" is not allowed; allowed: `));
  expect(read).not.toThrow(/geheim/);
});

it('lets an empty role of moderators be the default, and never everybody', () => {
  expect(readSettings({ AUTH_JWT_SECRET: SECRET, AUTH_MODERATE_ROLE: '' }).AUTH_MODERATE_ROLE).toBe('chat-moderator');
});
