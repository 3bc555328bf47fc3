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

/** Authenticates the sender of a request: by a token, by a trusted proxy's header, or without either. */
@Injectable()
export class RequestAuthenticator {
  private readonly operator: Buffer | undefined;
  /** Whether user tokens are read. With a proxy alone they are not: its users may send tokens meant for other services. */
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
   * The sender of the request or upgrade; never the operator, who has no name to chat under. Synchronous if the proof is cached.
   * @param inSubprotocol the token that an upgrade offers as a subprotocol
   * @throws AppError of `Authenticator.authenticate`; an invalid token or header is never treated as absent
   */
  authenticateRequest(request: IncomingMessage, inSubprotocol?: string): Identity | Promise<Identity> {
    const token = this.takesTokens ? this.credentials.of(request, inSubprotocol) : undefined;
    if (token !== undefined) return this.authenticator.authenticate(token, this.budgets.of(request));
    if (!this.access.isOn) return this.access.withoutToken;
    return this.proxyUsers.identify(request, this.budgets.of(request)) ?? this.access.withoutToken;
  }

  /** The sender of a request to a REST route, where `MODERATOR_TOKEN` counts too. */
  authenticateRoute(request: IncomingMessage): Identity | Promise<Identity> {
    return this.isOperator(request) ? OPERATOR : this.authenticateRequest(request);
  }

  private isOperator(request: IncomingMessage): boolean {
    if (!this.operator || request.headers.authorization === undefined) return false;
    const token = this.tokenOf(request);
    return token !== undefined && isSame(digest(token), this.operator);
  }

  /** Where users have no tokens, a malformed header is ignored, like a wrong token. */
  private tokenOf(request: IncomingMessage): string | undefined {
    try {
      return this.credentials.of(request);
    } catch (error) {
      if (error instanceof AppError && !this.takesTokens) return undefined;
      throw error;
    }
  }
}
