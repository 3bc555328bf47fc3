import { createSecretKey, type KeyObject } from 'node:crypto';
import type { KeySource } from './key-source';

/** The secret shared with whoever signs tokens and, while it is rotated, the one before it. */
export class SharedSecrets implements KeySource {
  readonly algorithms = ['HS256', 'HS384', 'HS512'];
  private readonly keys: Promise<readonly KeyObject[]>;

  constructor(secrets: readonly string[]) {
    this.keys = Promise.resolve(secrets.map((secret) => createSecretKey(secret, 'utf8')));
  }

  keysFor(): Promise<readonly KeyObject[]> {
    return this.keys;
  }
}
