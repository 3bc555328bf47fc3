import type { IncomingMessage } from 'node:http';
import { Injectable, Logger, OnModuleInit } from '@nestjs/common';
import { Clock } from '../platform/lifecycle/clock';
import { trustOf } from '../settings/proxy-trust';
import { Settings } from '../settings/settings';
import { Metrics } from '../platform/metrics/metrics';
import { AddressBudget, type Allowance, type Allowances } from './address-budget';
import { clientAddress } from './client-address';

/** Addresses that are remembered at most; beyond, those without a connection that were heard of longest ago are forgotten. */
const MAX_ADDRESSES = 50_000;
/** An address without a connection that was not heard of for so long has paid back everything, in milliseconds. */
const FORGET_AFTER_MS = 10 * 60_000;
/** What may be spent at once, in seconds of the rate: the morning of an office behind one address. */
const BURST_SECONDS = { frames: 10, messages: 5, names: 60, handshakes: 60, history: 16, requests: 60 };

/**
 * The budgets of all client addresses. Owns which address a request is charged to, and how many are remembered; it must not
 * know what is charged.
 */
@Injectable()
export class AddressBudgets implements OnModuleInit {
  /** In the order in which they were last asked for. */
  private readonly budgets = new Map<string, AddressBudget>();
  private readonly allowances: Allowances;
  private readonly isTrusted;
  private readonly isOff: boolean;
  private hasWarned = false;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {
    this.isTrusted = trustOf(settings.TRUST_PROXY);
    this.allowances = {
      frames: allowance(settings.FRAME_RATE_PER_IP, BURST_SECONDS.frames),
      messages: allowance(settings.MESSAGE_RATE_PER_IP, BURST_SECONDS.messages),
      names: allowance(settings.NAME_RATE_PER_IP / 60, BURST_SECONDS.names),
      handshakes: allowance(settings.HANDSHAKE_RATE_PER_IP / 60, BURST_SECONDS.handshakes),
      history: allowance(settings.HISTORY_RATE_PER_IP * 1024, BURST_SECONDS.history),
      requests: allowance(settings.HTTP_RATE / 60, BURST_SECONDS.requests),
    };
    this.isOff =
      settings.MAX_CONNECTIONS_PER_IP === 0 &&
      settings.MESSAGE_RATE === 0 &&
      Object.values(this.allowances).every((one) => one === undefined);
  }

  onModuleInit(): void {
    this.metrics.gauge('chat_client_addresses', 'Client addresses that are remembered', () => this.budgets.size);
  }

  /** The budget of who sent the request; undefined where nothing is limited by address. */
  of(request: IncomingMessage): AddressBudget | undefined {
    // Asking the kernel for the address costs as much as all else that a connection is checked for.
    if (this.isOff) return undefined;
    this.warnOfProxies(request);
    const address = clientAddress(request, this.isTrusted);
    const now = this.clock.monotonic();
    const budget = this.budgets.get(address) ?? new AddressBudget(this.allowances, now);
    budget.usedAt = now;
    this.budgets.delete(address);
    this.budgets.set(address, budget);
    this.forget(now);
    return budget;
  }

  /** Whether the address, in canonical form, was charged more for its requests than it had. */
  owesRequests(address: string): boolean {
    return this.budgets.get(address)?.owes('requests', this.clock.monotonic()) ?? false;
  }

  /** The oldest go first; one look at each call keeps up with what comes. */
  private forget(now: number): void {
    for (const [address, budget] of this.budgets) {
      const isOld = now - budget.usedAt > FORGET_AFTER_MS;
      if (!isOld && this.budgets.size <= MAX_ADDRESSES) return;
      this.budgets.delete(address);
      // Its connections still hold it; it goes on as the newest.
      if (budget.connections === 0) continue;
      budget.usedAt = now;
      this.budgets.set(address, budget);
      return;
    }
  }

  private warnOfProxies(request: IncomingMessage): void {
    if (this.hasWarned || this.settings.TRUST_PROXY !== 'false' || !('x-forwarded-for' in request.headers)) return;
    this.hasWarned = true;
    new Logger('Limits').warn(
      'requests come through a proxy (X-Forwarded-For), but TRUST_PROXY is not set: all its clients share the limits of one address',
    );
  }
}

function allowance(rate: number, seconds: number): Allowance | undefined {
  return rate > 0 ? { rate, burst: rate * seconds } : undefined;
}
