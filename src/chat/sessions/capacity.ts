import { Injectable } from '@nestjs/common';
import { Settings } from '../../settings/settings';
import type { AddressBudget } from '../../limits/address-budget';

/** Share of the total capacity reserved for addresses that hold less than this share of their own limit. */
const RESERVED_SHARE = 0.1;

/** The number of WebSocket connections and event streams, in all and per client address. Owns the reserve for newcomers. */
@Injectable()
export class Capacity {
  private used = 0;

  constructor(private readonly settings: Settings) {}

  /** Whether one more connection of this address exceeds a limit. */
  isFullFor(address: AddressBudget | undefined): boolean {
    const { MAX_CONNECTIONS: all, MAX_CONNECTIONS_PER_IP: each } = this.settings;
    const own = address?.connections ?? 0;
    if (each > 0 && own >= each) return true;
    if (all === 0) return false;
    const reserved = each > 0 ? Math.floor(all * RESERVED_SHARE) : 0;
    const few = Math.min(reserved, Math.ceil(each * RESERVED_SHARE));
    return this.used >= (own < few ? all : all - reserved);
  }

  acquire(address: AddressBudget | undefined): void {
    this.used++;
    if (address) address.connections++;
  }

  release(address: AddressBudget | undefined): void {
    this.used--;
    if (address) address.connections--;
  }
}
