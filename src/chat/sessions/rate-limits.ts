import { Injectable } from '@nestjs/common';
import { AppError } from '../../platform/errors/app-error';
import { Clock } from '../../platform/lifecycle/clock';
import type { ErrorReason } from '../../platform/errors/error-table';
import { Settings } from '../../settings/settings';
import type { Charged } from '../../limits/address-budget';
import { SenderRates } from '../../limits/sender-rates';
import { TokenBucket } from '../../limits/token-bucket';
import { Metrics } from '../../platform/metrics/metrics';
import type { Session } from './session';

/** Refusals forgiven per second. */
const REFUSALS_FORGOTTEN = 1;

/** Charges sessions, their authors and their addresses for messages, names and refused frames. Must not know what messages say. */
@Injectable()
export class RateLimits {
  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly senders: SenderRates,
    private readonly metrics: Metrics,
  ) {}

  /** @throws AppError with the time to wait */
  chargeMessage(session: Session): void {
    const { MESSAGE_RATE: rate, MESSAGE_BURST: burst, MESSAGE_RATE_PER_IP: ofAddress } = this.settings;
    if (rate > 0) {
      const now = this.clock.monotonic();
      const start = () => session.connection.address?.bequeath({ rate, burst }, now);
      const bucket = (session.messages ??= new TokenBucket(rate, burst, now, start()));
      this.require(bucket.take(now), 'messages', 'message_rate', rate);
    }
    // All connections and requests of an author share one rate.
    const { authorId } = session.identity;
    if (authorId !== undefined) this.require(this.senders.take(authorId), 'messages', 'message_rate', rate);
    this.chargeAddress(session, 'messages', 'message_rate_of_address', ofAddress);
  }

  /** Charges a name that the session does not have yet. @throws AppError with the time to wait */
  chargeName(session: Session, name: string): void {
    if (session.hasName(name)) return;
    this.chargeAddress(session, 'names', 'name_rate', this.settings.NAME_RATE_PER_IP);
  }

  /** Charges a refused frame. False where the session has had too many and is to be closed. */
  chargeRefusal(session: Session): boolean {
    const { MAX_REFUSED_FRAMES: max } = this.settings;
    if (max === 0) return true;
    const now = this.clock.monotonic();
    return (session.refusals ??= new TokenBucket(REFUSALS_FORGOTTEN, max, now)).take(now) === 0;
  }

  /** Passes the spent part of the session's burst on to the next sessions of its address: reconnecting earns no new burst. */
  end({ connection: { address }, messages }: Session): void {
    if (!address || !messages) return;
    const { MESSAGE_RATE: rate, MESSAGE_BURST: burst } = this.settings;
    const now = this.clock.monotonic();
    address.inherit(messages.missing(now), { rate, burst }, now);
  }

  private chargeAddress({ connection: { address } }: Session, what: Charged, reason: ErrorReason, rate: number): void {
    if (address) this.require(address.take(what, this.clock.monotonic()), what, reason, rate);
  }

  private require(wait: number, limit: Charged, reason: ErrorReason, rate: number): void {
    if (wait === 0) return;
    this.metrics.limited.inc({ limit });
    throw new AppError(reason, { rate, seconds: Math.ceil(wait / 1000) }, wait);
  }
}
