import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { AddressBudgets } from '../limits/address-budgets';
import { AppError } from '../platform/errors/app-error';
import { digest, isSame } from '../platform/text/secret';
import { Settings } from '../settings/settings';
import { Access } from './access';
import { Authenticator } from './authenticator';
import { Credentials } from './credentials';
import { type Identity, OPERATOR } from './identity';
import { ProxyUsers } from './proxy-users';

/** Who sent a request: by a token, by a trusted proxy's header, or without either. */
@Injectable()
export class RequestAuthenticator {
  private readonly operator: Buffer | undefined;
  /** Whether tokens of users are looked at; a proxy's users may have tokens that are none of ours. */
  private readonly takesTokens: boolean;

  constructor(
    settings: Settings,
    private readonly access: Access,
    private readonly credentials: Credentials,
    private readonly authenticator: Authenticator,
    private readonly proxyUsers: ProxyUsers,
    private readonly budgets: AddressBudgets,
  ) {
    const { AUTH_ISSUER, AUTH_JWKS_URL, AUTH_JWT_SECRET, MODERATOR_TOKEN } = settings;
    this.operator = MODERATOR_TOKEN === '' ? undefined : digest(MODERATOR_TOKEN);
    this.takesTokens = [AUTH_ISSUER, AUTH_JWKS_URL, AUTH_JWT_SECRET].some((setting) => setting !== '');
  }

  /**
   * Who sent the request or upgrade; never the operator, who has no name to chat under. Synchronous where the proof is known.
   * @param inSubprotocol the token that an upgrade offers there
   * @throws AppError of `Authenticator.authenticate`; a token or header that is not valid never counts as none
   */
  authenticateRequest(request: IncomingMessage, inSubprotocol?: string): Identity | Promise<Identity> {
    const token = this.takesTokens ? this.credentials.of(request, inSubprotocol) : undefined;
    if (token !== undefined) return this.authenticator.authenticate(token, this.budgets.of(request));
    if (!this.access.isOn) return this.access.withoutToken;
    return this.proxyUsers.identify(request, this.budgets.of(request)) ?? this.access.withoutToken;
  }

  /** The same for a REST route, where `MODERATOR_TOKEN` counts too. */
  authenticateRoute(request: IncomingMessage): Identity | Promise<Identity> {
    return this.isOperator(request) ? OPERATOR : this.authenticateRequest(request);
  }

  private isOperator(request: IncomingMessage): boolean {
    if (!this.operator || request.headers.authorization === undefined) return false;
    const token = this.tokenOf(request);
    return token !== undefined && isSame(digest(token), this.operator);
  }

  /** Where no user has a token, a malformed header is ignored as a wrong token is. */
  private tokenOf(request: IncomingMessage): string | undefined {
    try {
      return this.credentials.of(request);
    } catch (error) {
      if (error instanceof AppError && !this.takesTokens) return undefined;
      throw error;
    }
  }
}
