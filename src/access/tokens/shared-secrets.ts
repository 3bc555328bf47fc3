import { createSecretKey, type KeyObject } from 'node:crypto';
import type { KeySource } from './key-source';
import { HMAC_ALGORITHMS } from './verify-hmac';

/** The secret shared with the signer of tokens and, during rotation, the previous one. */
export class SharedSecrets implements KeySource {
  readonly algorithms = HMAC_ALGORITHMS;
  private readonly keys: readonly KeyObject[];

  constructor(secrets: readonly string[]) {
    this.keys = secrets.map((secret) => createSecretKey(Buffer.from(secret)));
  }

  keysFor(): Promise<readonly KeyObject[]> {
    return Promise.resolve(this.keys);
  }
}
