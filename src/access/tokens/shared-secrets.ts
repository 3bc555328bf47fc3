import { webcrypto } from 'node:crypto';
import type { JWSHeaderParameters } from 'jose';
import type { KeySource } from './key-source';

/** Algorithm names of tokens and of WebCrypto. */
const HASHES = { HS256: 'SHA-256', HS384: 'SHA-384', HS512: 'SHA-512' };

/** The secret shared with whoever signs tokens and, while it is rotated, the one before it. */
export class SharedSecrets implements KeySource {
  readonly algorithms = Object.keys(HASHES);
  private readonly keys: ReadonlyMap<string, Promise<readonly webcrypto.CryptoKey[]>>;

  constructor(secrets: readonly string[]) {
    this.keys = new Map(Object.entries(HASHES).map(([algorithm, hash]) => [algorithm, imported(secrets, hash)]));
  }

  async keysFor({ alg = '' }: JWSHeaderParameters): Promise<readonly webcrypto.CryptoKey[]> {
    return (await this.keys.get(alg)) ?? [];
  }
}

/** Once, at the start: `jose` would import another form of a secret at each check, which takes as long as the check. */
function imported(secrets: readonly string[], hash: string): Promise<readonly webcrypto.CryptoKey[]> {
  const { subtle } = webcrypto;
  return Promise.all(
    secrets.map((secret) => subtle.importKey('raw', Buffer.from(secret), { name: 'HMAC', hash }, false, ['verify'])),
  );
}
