import type { KeyObject } from 'node:crypto';
import type { CryptoKey, JWSHeaderParameters } from 'jose';

/** A provider's public key, or a shared secret. */
export type Key = CryptoKey | KeyObject;

/** Keys that may have signed a token. They come from the settings only, never from what a token says. */
export interface KeySource {
  /** The algorithms of its keys. A list never mixes shared secrets with public keys, which are no secret. */
  readonly algorithms: readonly string[];
  /** How often keys were withdrawn; absent: never. What was proven before the last time may have been signed by one of them. */
  readonly withdrawals?: number;
  /**
   * The keys that fit the token's header; none: there is no such key.
   * @throws AppError `keys_unavailable`
   */
  keysFor(header: JWSHeaderParameters): Promise<readonly Key[]>;
}
