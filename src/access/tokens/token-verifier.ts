import { KeyObject } from 'node:crypto';
import {
  decodeProtectedHeader,
  errors,
  type JWSHeaderParameters,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyOptions,
} from 'jose';
import { AppError } from '../../platform/errors/app-error';
import type { Key, KeySource } from './key-source';
import { mayBeAccessToken } from './token-kind';
import { verifyHmac } from './verify-hmac';

/** Maximum length of a token, in characters; checked before any other work. */
export const MAX_TOKEN_LENGTH = 8_192;
/** Tolerated difference between the issuer's clock and ours, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 30;
/** JWS compact serialization, strictly: decoders would accept white space, too. */
const SIGNED = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** The last second that a `Date` can represent. A number in JSON can be as large as Infinity. */
const LAST_SECOND = 8.64e12;

/** The claims of a verified token. */
export type Claims = JWTPayload & { readonly exp: number };

/**
 * Decides whether a token is genuine and in force: signature, algorithm, kind, `exp`, `nbf`, and issuer and audience where the
 * settings name them. Must not know what the claims mean.
 */
export class TokenVerifier {
  private readonly options: JWTVerifyOptions;

  constructor(
    private readonly keys: KeySource,
    issuer: string,
    audience: string,
  ) {
    this.options = {
      algorithms: [...keys.algorithms],
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      ...(issuer !== '' && { issuer }),
      ...(audience !== '' && { audience }),
    };
  }

  /** Tokens verified before its last change must be verified again. */
  get withdrawals(): number {
    return this.keys.withdrawals ?? 0;
  }

  /** @throws AppError `token_invalid`, `token_expired` or `keys_unavailable` */
  async verify(token: string): Promise<Claims> {
    if (token.length > MAX_TOKEN_LENGTH || !SIGNED.test(token)) throw new AppError('token_invalid');
    try {
      const claims = await this.claimsOf(token);
      if (claims.exp > LAST_SECOND) throw new AppError('token_invalid');
      return claims;
    } catch (error) {
      if (error instanceof AppError) throw error;
      if (error instanceof errors.JWTExpired) throw new AppError('token_expired');
      // TypeError: a key that does not fit the algorithm.
      if (error instanceof errors.JOSEError || error instanceof TypeError) throw new AppError('token_invalid');
      throw error;
    }
  }

  private async claimsOf(token: string): Promise<Claims> {
    // Not verified yet: used only to choose the keys.
    const header = decodeProtectedHeader(token);
    if (typeof header.alg !== 'string' || !this.keys.algorithms.includes(header.alg)) {
      throw new AppError('token_invalid');
    }
    for (const key of await this.keys.keysFor(header)) {
      try {
        const claims = await this.verifyWith(key, token, header);
        if (!mayBeAccessToken(header, claims)) throw new AppError('token_invalid');
        return claims as Claims;
      } catch (error) {
        // Another key may have signed it.
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      }
    }
    throw new AppError('token_invalid');
  }

  private async verifyWith(key: Key, token: string, header: JWSHeaderParameters): Promise<JWTPayload> {
    if (key instanceof KeyObject) return verifyHmac(token, header, key, this.options);
    return (await jwtVerify(token, key, this.options)).payload;
  }
}
