// A real OpenID provider in a separate process: the package is ESM only. The parent process sends the page's address and
// deviations from the usual behaviour.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';

const AUDIENCE = 'https://chat.example';
const how = { page: '', refresh: true, roles: {} };
const bot = { client_id: 'bot', client_secret: 'a-secret-of-the-bot', grant_types: ['client_credentials'] };

/** Looks clients up at every request: the page's address is known only after its server has discovered this provider. */
class Adapter extends MemoryAdapter {
  constructor(model) {
    super(model);
    this.isClients = model === 'Client';
  }

  async find(id) {
    if (!this.isClients) return super.find(id);
    if (id === 'bot') return { ...bot, redirect_uris: [], response_types: [] };
    if (id !== 'page') return undefined;
    return {
      client_id: 'page',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: [how.page],
      post_logout_redirect_uris: [how.page],
    };
  }
}

const server = createServer();
await once(server.listen(0, '127.0.0.1'), 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });

const provider = new Provider(issuer, {
  adapter: Adapter,
  jwks: { keys: [{ ...key, kid: 'one', use: 'sig', alg: 'RS256' }] },
  cookies: { keys: ['not-a-secret'] },
  scopes: ['openid', 'profile'],
  claims: { openid: ['sub'], profile: ['preferred_username'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: id }) }),
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: '',
        audience: AUDIENCE,
        accessTokenTTL: 600,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
    revocation: { enabled: true },
  },
  extraTokenClaims(_, token) {
    const name = token.accountId ?? token.clientId;
    return { preferred_username: name, roles: how.roles[name] ?? [] };
  },
  issueRefreshToken: () => how.refresh,
  clientBasedCORS: (_, origin) => `${origin}/` === how.page,
});
provider.on('grant.success', ({ oidc }) => process.send({ granted: oidc.params.grant_type }));
server.on('request', provider.callback());

process.on('message', (next) => {
  Object.assign(how, next);
  process.send({ done: true });
});
process.on('disconnect', () => process.exit());
process.send({ issuer });
