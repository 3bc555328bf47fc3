import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { type Identity, NOBODY } from '../../access/identity';
import { AppError } from '../../platform/errors/app-error';
import { Clock } from '../../platform/lifecycle/clock';
import { chooseLanguage } from '../../platform/errors/language';
import { AllowedOrigins } from '../../settings/origins';
import { Settings } from '../../settings/settings';
import type { AddressBudget } from '../../limits/address-budget';
import { AddressBudgets } from '../../limits/address-budgets';
import { EventLoopBudget } from '../../limits/event-loop-budget';
import { Metrics } from '../../platform/metrics/metrics';
import { Capacity } from './capacity';
import { CLOSE } from '../protocol/close-codes';
import { Connection } from './connection';
import { Session } from './session';
import { FrameBudget, FrameRates } from './frame-budget';
import { Intake } from './intake';
import { Handshakes, type Refusal } from './handshakes';
import { protocolOf } from '../protocol/negotiation';
import { refuse } from './refuse';
import { UnfinishedMessages } from './unfinished-messages';

/** Refusals in progress by close code; beyond, handshakes are refused by HTTP status. */
const MAX_REFUSALS = 100;

/** The outcome for a handshake, reached before it is answered. */
export interface Decision {
  readonly address: AddressBudget | undefined;
  readonly identity: Identity;
  /** Undefined where the connection is admitted. */
  readonly refusal: Refusal | undefined;
}

/**
 * Admits connections by origin, capacity, handshake rate and the client's identity. Refuses with a close code, because a script
 * in a browser cannot see the HTTP status of a failed handshake; with a status only where too many refusals are in progress. Owns
 * the count of those. Must not know frames, the feed or presence.
 */
@Injectable()
export class Admission {
  private refusalsInProgress = 0;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly origins: AllowedOrigins,
    private readonly budgets: AddressBudgets,
    private readonly capacity: Capacity,
    private readonly frames: FrameRates,
    private readonly unfinished: UnfinishedMessages,
    private readonly eventLoop: EventLoopBudget,
    private readonly metrics: Metrics,
    private readonly handshakes: Handshakes,
  ) {}

  /**
   * Before the handshake; a promise if a token has to be verified first. The connection takes capacity meanwhile, so that pending
   * ones stay within the limits. @throws AppError where it is refused by HTTP status
   */
  decide(request: IncomingMessage): Decision | Promise<Decision> {
    const address = this.charge(request);
    const refusal = this.refusalOf(request, address);
    if (refusal) return this.decided(address, NOBODY, refusal);
    const identity = this.handshakes.identityOf(request);
    if (!(identity instanceof Promise)) return this.decideFor(request, address, identity);
    this.capacity.acquire(address);
    return identity
      .finally(() => this.capacity.release(address))
      .then((known) => this.decideFor(request, address, known));
  }

  /** After the handshake: the session of the socket, or undefined where it was refused and is closing. */
  admit(socket: WebSocket, request: IncomingMessage, { address, identity, refusal }: Decision): Session | undefined {
    const { settings } = this;
    const language = chooseLanguage(request.headers['accept-language'], settings.DEFAULT_LANGUAGE);
    const protocol = protocolOf(socket);
    if (refusal) {
      this.refusalsInProgress++;
      socket.once('close', () => this.refusalsInProgress--);
      refuse(
        socket,
        refusal.code,
        refusal.text,
        refusal.error && protocol.error(refusal.error, language, this.clock.now()),
      );
      return undefined;
    }
    const frames = new FrameBudget(this.frames, address);
    const intake = new Intake(socket, frames, this.unfinished, this.eventLoop);
    const connection = new Connection(socket, address, frames, intake, settings.SLOW_CONSUMER_BYTES);
    return new Session(connection, protocol, language, identity);
  }

  /** Admits an event stream, which takes capacity as a connection does. @throws AppError when it is exhausted */
  admitStream(request: IncomingMessage): AddressBudget | undefined {
    const address = this.charge(request);
    if (this.capacity.isFullFor(address)) throw new AppError('too_many_connections');
    return address;
  }

  private decideFor(
    request: IncomingMessage,
    address: AddressBudget | undefined,
    outcome: Identity | Refusal,
  ): Decision {
    if ('code' in outcome) return this.decided(address, NOBODY, outcome);
    return this.decided(address, outcome, this.handshakes.refusalOf(request, address, outcome));
  }

  private decided(address: AddressBudget | undefined, identity: Identity, refusal: Refusal | undefined): Decision {
    if (refusal) this.metrics.closed.inc({ cause: refusal.cause });
    if (refusal && this.refusalsInProgress >= MAX_REFUSALS) {
      throw refusal.error ?? new AppError('too_many_connections');
    }
    return { address, identity, refusal };
  }

  private charge(request: IncomingMessage): AddressBudget | undefined {
    const address = this.budgets.of(request);
    const wait = address?.take('handshakes', this.clock.monotonic()) ?? 0;
    if (wait === 0) return address;
    this.metrics.limited.inc({ limit: 'handshakes' });
    throw new AppError('handshake_rate', {}, wait);
  }

  private refusalOf(request: IncomingMessage, address: AddressBudget | undefined): Refusal | undefined {
    if (!this.origins.allow(request)) {
      return { code: CLOSE.policy, text: 'origin not allowed', cause: 'origin' };
    }
    return this.capacity.isFullFor(address)
      ? { code: CLOSE.tooMany, text: 'too many connections', cause: 'too_many' }
      : undefined;
  }
}
