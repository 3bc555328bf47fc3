import { type KeyObject, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JWTPayload, SignJWT } from 'jose';

/** An OpenID provider as far as a resource server sees it: discovery, keys and signed tokens. */
export class IdentityProvider {
  readonly keys = new Map<string, { privateKey: KeyObject; jwk: object }>();
  issuer: string;
  /** Status of every answer. */
  status = 200;
  /** Whether requests are accepted but never answered. */
  isSilent = false;
  discovered: Record<string, unknown> = {};
  requests = 0;
  private readonly published: object[] = [];
  private readonly server = createServer((request, response) => {
    this.requests++;
    if (this.isSilent) return;
    const isDiscovery = request.url === '/.well-known/openid-configuration';
    const document = { issuer: this.issuer, jwks_uri: `${this.issuer}/keys`, ...this.discovered };
    const keys = { keys: [...[...this.keys.values()].map(({ jwk }) => jwk), ...this.published] };
    response.statusCode = this.status;
    response.end(JSON.stringify(isDiscovery ? document : keys));
  });

  static async start(...kids: string[]): Promise<IdentityProvider> {
    const provider = new IdentityProvider();
    for (const kid of kids) provider.addKey(kid);
    await once(provider.server.listen(0, '127.0.0.1'), 'listening');
    provider.issuer = `http://127.0.0.1:${(provider.server.address() as AddressInfo).port}`;
    return provider;
  }

  addKey(kid: string): void {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.keys.set(kid, { privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' } });
  }

  /** Publishes a key that signs nothing. */
  addJwk(jwk: object): void {
    this.published.push(jwk);
  }

  token(claims: JWTPayload, kid = [...this.keys.keys()][0]!): Promise<string> {
    const all = { iss: this.issuer, aud: 'chat', exp: Math.floor(Date.now() / 1000) + 600, ...claims };
    return new SignJWT(all).setProtectedHeader({ alg: 'ES256', kid }).sign(this.keys.get(kid)!.privateKey);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }
}
