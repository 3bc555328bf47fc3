import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Access } from '../../access/access';
import type { Identity } from '../../access/identity';
import { RequestAuthenticator } from '../../access/request-authenticator';
import type { AddressBudget } from '../../limits/address-budget';
import { Sanctions } from '../../moderation/sanctions';
import { AppError } from '../../platform/errors/app-error';
import { Clock } from '../../platform/lifecycle/clock';
import { SampledLog } from '../../platform/logging/sampled-log';
import { Metrics } from '../../platform/metrics/metrics';
import { CLOSE } from '../protocol/close-codes';
import { CONNECTION_ENDS } from '../protocol/connection-ends';
import { bearerIn, offersV2 } from '../protocol/negotiation';
import { Unauthenticated } from './unauthenticated';

/** Refusal of a connection after its handshake. */
export interface Refusal {
  readonly code: number;
  /** Reason text of the close frame. */
  readonly text: string;
  /** Label of the metric. */
  readonly cause: string;
  /** Sent as a frame ahead of the close frame. */
  readonly error?: AppError;
}

/**
 * A page of another origin that connects with its visitor's identity; `Admission` refuses origins that may not connect at all.
 */
const ORIGIN = {
  code: CLOSE.policy,
  text: 'origin not allowed',
  cause: 'origin',
  error: new AppError('origin_foreign'),
} as const satisfies Refusal;

/** Identifies the client of a handshake and decides whether it may connect. Must not know how many connections there are. */
@Injectable()
export class Handshakes {
  private readonly log: SampledLog;

  constructor(
    private readonly access: Access,
    @Inject(RequestAuthenticator) private readonly authenticator: Pick<RequestAuthenticator, 'authenticateRequest'>,
    private readonly unauthenticated: Unauthenticated,
    private readonly sanctions: Sanctions,
    private readonly metrics: Metrics,
    clock: Clock,
  ) {
    this.log = new SampledLog(new Logger('WebSocket'), clock);
  }

  /**
   * The identity proven by the handshake, or the refusal of its token. The promise rejects only with an AppError.
   * @throws AppError where the address is refused by HTTP status
   */
  identityOf(request: IncomingMessage): Identity | Refusal | Promise<Identity | Refusal> {
    if (!this.access.isOn) return this.access.withoutToken;
    try {
      const identity = this.authenticator.authenticateRequest(request, bearerIn(request));
      return identity instanceof Promise ? identity.catch((error: unknown) => this.refusalFor(error)) : identity;
    } catch (error) {
      return this.refusalFor(error);
    }
  }

  /** The refusal of this identity, if any. An unauthenticated v2 client may connect: its `hello` can carry the token. */
  refusalOf(request: IncomingMessage, address: AddressBudget | undefined, identity: Identity): Refusal | undefined {
    const banned = this.banOf(identity);
    if (banned) return { ...ofEnd('banned'), error: banned };
    if (identity.can.read) return undefined;
    if (identity.kind !== 'nobody') return ofEnd('mayNotRead');
    if (!offersV2(request)) return ofEnd('noToken');
    return this.unauthenticated.isFullFor(address)
      ? { code: CLOSE.tooMany, text: 'too many connections without an access token', cause: 'too_many_without_token' }
      : undefined;
  }

  private banOf(identity: Identity): AppError | undefined {
    try {
      this.sanctions.requireNotBanned(identity);
      return undefined;
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  }

  private refusalFor(exception: unknown): Refusal {
    const error = exception instanceof AppError ? exception : this.faultOf(exception);
    if (error.message === ORIGIN.error.message) return ORIGIN;
    switch (error.code) {
      case 'UNAUTHORIZED':
        return { ...ofEnd('badToken'), error };
      case 'FORBIDDEN':
        return { ...ofEnd('badIdentity'), error };
      case 'SERVICE_UNAVAILABLE':
        return { ...ofEnd('unverified'), error };
      default:
        throw error;
    }
  }

  private faultOf(exception: unknown): AppError {
    this.metrics.faults.inc({ where: 'websocket' });
    this.log.error(`a handshake failed: ${String(exception)}`, exception);
    return new AppError('INTERNAL_ERROR');
  }
}

function ofEnd(name: keyof typeof CONNECTION_ENDS): Refusal & { readonly error: AppError } {
  const { reason, code, text, cause } = CONNECTION_ENDS[name];
  return { code, text, cause, error: new AppError(reason) };
}
