import { Injectable } from '@nestjs/common';
import type { AddressBudget } from '../../limits/address-budget';
import { Clock } from '../../platform/lifecycle/clock';
import { Settings } from '../../settings/settings';
import type { Session } from './session';

/** Maximum share of all connections, and of those of one address, that have yet to send a token. */
const SHARE = 0.1;
/** Maximum if connections are not limited: a thousand clients a second that take two seconds each. */
const UNLIMITED_TOTAL = 2_000;
/** Minimum per address: an office behind one address whose clients connect at the same moment. */
const MIN_PER_ADDRESS = 16;
/** Time for a client to send its token, in milliseconds. */
const DEADLINE_MS = 10_000;

/**
 * Connections that have yet to send a token. Owns their maximum number, in all and per address, and their deadline. Must not know
 * how a token is verified.
 */
@Injectable()
export class Unauthenticated {
  /** Monotonic time of connecting, oldest first. */
  private readonly since = new Map<Session, number>();
  private readonly byAddress = new Map<AddressBudget, number>();
  private readonly max: number;
  private readonly maxPerAddress: number;

  constructor(
    { MAX_CONNECTIONS: all, MAX_CONNECTIONS_PER_IP: each }: Settings,
    private readonly clock: Clock,
  ) {
    this.max = all > 0 ? Math.ceil(all * SHARE) : UNLIMITED_TOTAL;
    this.maxPerAddress = each > 0 ? Math.max(MIN_PER_ADDRESS, Math.ceil(each * SHARE)) : Infinity;
  }

  get size(): number {
    return this.since.size;
  }

  /** Whether one more connection of this address exceeds a limit. */
  isFullFor(address: AddressBudget | undefined): boolean {
    if (this.since.size >= this.max) return true;
    return address !== undefined && (this.byAddress.get(address) ?? 0) >= this.maxPerAddress;
  }

  add(session: Session): void {
    this.since.set(session, this.clock.monotonic());
    const { address } = session.connection;
    if (address) this.byAddress.set(address, (this.byAddress.get(address) ?? 0) + 1);
  }

  /** The session is authenticated or closed. */
  delete(session: Session): void {
    if (!this.since.delete(session)) return;
    const { address } = session.connection;
    if (!address) return;
    const left = this.byAddress.get(address)! - 1;
    if (left === 0) this.byAddress.delete(address);
    else this.byAddress.set(address, left);
  }

  /** The sessions past their deadline. */
  *late(): Iterable<Session> {
    const now = this.clock.monotonic();
    for (const [session, since] of this.since) {
      if (now - since < DEADLINE_MS) return;
      yield session;
    }
  }
}
