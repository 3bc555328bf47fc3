import { Injectable } from '@nestjs/common';
import type { AddressBudget } from '../limits/address-budget';
import { AppError } from '../platform/errors/app-error';
import { Clock } from '../platform/lifecycle/clock';
import { Metrics } from '../platform/metrics/metrics';
import { digest } from '../platform/text/secret';
import { Settings } from '../settings/settings';
import { Access } from './access';
import { Authors } from './authors';
import { FailedAttempts } from './failed-attempts';
import type { Identity } from './identity';
import { KnownIdentities } from './known-identities';
import { nameOf } from './name-of';
import { claimAt, rolesIn } from './tokens/claim';
import { CLOCK_TOLERANCE_SECONDS, type Claims, MAX_TOKEN_LENGTH, TokenVerifier } from './tokens/token-verifier';

/** Issuer of tokens without `iss`. */
const NO_ISSUER = 'secret';
/** Issuer of users named by a proxy; refused in tokens. */
export const PROXY_ISSUER = 'proxy';

/**
 * Resolves a token to an identity: claims, roles, name, author. Caches the result until the token expires. Must not know how a
 * token arrived.
 */
@Injectable()
export class Authenticator {
  private readonly known = new KnownIdentities();

  constructor(
    private readonly settings: Settings,
    private readonly access: Access,
    private readonly verifier: TokenVerifier,
    private readonly authors: Authors,
    private readonly failures: FailedAttempts,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    metrics.gauge('chat_known_tokens', 'Access tokens whose identity is remembered', () => this.known.size);
  }

  /**
   * The token's identity; synchronous if it is cached.
   * @param address charged for a failure; undefined: no charge
   * @throws AppError `token_invalid`, `token_expired`, `token_name`, `name_owned`, `name_lookalike`, `names_used_up`,
   * `keys_unavailable`, `database_down`, `auth_rate`
   */
  authenticate(token: string, address?: AddressBudget): Identity | Promise<Identity> {
    if (token.length > MAX_TOKEN_LENGTH) return this.failures.refuse(address, new AppError('token_invalid'));
    // The count of withdrawals invalidates the cache: an identity proven by a key since withdrawn is not found again.
    const proof = `${this.verifier.withdrawals} ${digest(token).toString('latin1')}`;
    const identity = this.known.get(proof);
    if (!identity) return this.failures.watch(address, () => this.known.check(proof, () => this.prove(token)));
    if (identity.expiresAt! > this.clock.now()) return identity;
    this.known.delete(proof);
    return this.failures.refuse(address, new AppError('token_expired'));
  }

  private async prove(token: string): Promise<Identity> {
    const claims = await this.verifier.verify(token);
    const { iss = NO_ISSUER, sub } = claims;
    if (typeof iss !== 'string' || iss === PROXY_ISSUER || typeof sub !== 'string' || sub === '')
      throw new AppError('token_invalid');
    const username = nameOf(this.givenName(claims, sub));
    const roles = rolesIn(claimAt(claims, this.settings.AUTH_ROLES_CLAIM));
    return {
      kind: 'author',
      authorId: await this.authors.identify(iss, sub, username),
      username,
      roles,
      can: this.access.rightsOf(roles),
      expiresAt: Math.floor((claims.exp + CLOCK_TOLERANCE_SECONDS) * 1000),
    };
  }

  private givenName(claims: Claims, sub: string): unknown {
    const name = claimAt(claims, this.settings.AUTH_USERNAME_CLAIM) ?? '';
    return name === '' ? sub : name;
  }
}
