import type { KeyObject } from 'node:crypto';
import type { CryptoKey, JWSHeaderParameters } from 'jose';

/** A provider's public key, or a shared secret. */
export type Key = CryptoKey | KeyObject;

/** Keys that may have signed a token. They come from the settings only, never from the token. */
export interface KeySource {
  /** Algorithms of the keys. Never HMAC beside public keys, which an attacker could use as the secret. */
  readonly algorithms: readonly string[];
  /** Number of key withdrawals; absent: none. Tokens verified before the last one may have been signed by a withdrawn key. */
  readonly withdrawals?: number;
  /**
   * The keys that match the token's header; empty if there are none.
   * @throws AppError `keys_unavailable`
   */
  keysFor(header: JWSHeaderParameters): Promise<readonly Key[]>;
}
