import type { Request } from 'express';
import { Injectable } from '@nestjs/common';
import type { Identity } from '../access/identity';
import { AddressBudgets } from '../limits/address-budgets';
import { SenderRates } from '../limits/sender-rates';
import { AppError } from '../platform/errors/app-error';
import { HttpOptions } from '../platform/http/http-options';
import { Clock } from '../platform/lifecycle/clock';
import { Metrics } from '../platform/metrics/metrics';
import { Settings } from '../settings/settings';

/**
 * Charges writes over HTTP: `MESSAGE_RATE` per author, shared with the author's frames, or per name and address without an
 * identity, as there is no connection to charge; and the address, as for frames. Must not know what is written.
 */
@Injectable()
export class WriteRates {
  constructor(
    private readonly settings: Settings,
    private readonly budgets: AddressBudgets,
    private readonly senders: SenderRates,
    private readonly options: HttpOptions,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /** @throws AppError with the time to wait */
  charge(request: Request, { authorId }: Identity, name: string): void {
    const { MESSAGE_RATE: rate, MESSAGE_RATE_PER_IP: ofAddress } = this.settings;
    const sender = authorId ?? `${this.options.clientAddress(request)} ${name}`;
    this.require(this.senders.take(sender), 'message_rate', rate);
    const address = this.budgets.of(request)?.take('messages', this.clock.monotonic());
    this.require(address ?? 0, 'message_rate_of_address', ofAddress);
  }

  private require(wait: number, reason: 'message_rate' | 'message_rate_of_address', rate: number): void {
    if (wait === 0) return;
    this.metrics.limited.inc({ limit: 'messages' });
    throw new AppError(reason, { rate, seconds: Math.ceil(wait / 1000) }, wait);
  }
}
