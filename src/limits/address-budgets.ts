import type { IncomingMessage } from 'node:http';
import { Injectable, Logger, OnModuleInit } from '@nestjs/common';
import { Clock } from '../platform/lifecycle/clock';
import { trustOf } from '../settings/proxy-trust';
import { Settings } from '../settings/settings';
import { Metrics } from '../platform/metrics/metrics';
import { AddressBudget, type Allowance, type Allowances } from './address-budget';
import { clientAddress } from './client-address';

/** Maximum addresses in memory; beyond it, the least recently used without a connection are dropped. */
const MAX_ADDRESSES = 50_000;
/** Idle time after which an address without a connection is dropped, in milliseconds: every debt is refilled by then. */
const FORGET_AFTER_MS = 10 * 60_000;
/** Bursts in seconds of the rate, sized for an office behind one address that connects in the morning. */
const BURST_SECONDS = {
  frames: 10,
  messages: 5,
  names: 60,
  handshakes: 60,
  history: 16,
  requests: 60,
  authentications: 60,
};

/**
 * The budgets of all client addresses. Owns the choice of the address a request is charged to, and the eviction of addresses.
 * Must not know the charges.
 */
@Injectable()
export class AddressBudgets implements OnModuleInit {
  /** Least recently used first. */
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
      authentications: allowance(settings.AUTH_FAILURE_RATE_PER_IP / 60, BURST_SECONDS.authentications),
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

  /** The budget of the client that sent the request; undefined if no limit is per address. */
  of(request: IncomingMessage): AddressBudget | undefined {
    // The address takes a system call, which costs as much as all other checks of a connection.
    if (this.isOff) return undefined;
    this.warnOfProxies(request);
    const address = clientAddress(request, this.isTrusted);
    const now = this.clock.monotonic();
    const budget = this.budgets.get(address) ?? new AddressBudget(this.allowances, now);
    budget.usedAt = now;
    this.budgets.delete(address);
    this.budgets.set(address, budget);
    this.evict(now);
    return budget;
  }

  /** Whether an address, in canonical form, is in debt for its requests. */
  isInDebt(address: string): boolean {
    return this.budgets.get(address)?.isInDebt('requests', this.clock.monotonic()) ?? false;
  }

  /** At most one address per call on average, which keeps pace with additions. */
  private evict(now: number): void {
    for (const [address, budget] of this.budgets) {
      const isOld = now - budget.usedAt > FORGET_AFTER_MS;
      if (!isOld && this.budgets.size <= MAX_ADDRESSES) return;
      this.budgets.delete(address);
      // Its open connections refer to this budget: it stays, as the most recently used.
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
