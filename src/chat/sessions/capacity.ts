import { Injectable } from '@nestjs/common';
import { Settings } from '../../settings/settings';
import type { AddressBudget } from '../../limits/address-budget';

/** The share of all places that is kept for addresses that have few: less than this share of what an address may have. */
const RESERVED_SHARE = 0.1;

/** The places for WebSocket connections and event streams together, in all and for each client address. */
@Injectable()
export class Capacity {
  private taken = 0;

  constructor(private readonly settings: Settings) {}

  /** Whether there is no place for one more of this address. */
  isFullFor(address: AddressBudget | undefined): boolean {
    const { MAX_CONNECTIONS: all, MAX_CONNECTIONS_PER_IP: each } = this.settings;
    const own = address?.connections ?? 0;
    if (each > 0 && own >= each) return true;
    if (all === 0) return false;
    const reserved = each > 0 ? Math.floor(all * RESERVED_SHARE) : 0;
    const few = Math.min(reserved, Math.ceil(each * RESERVED_SHARE));
    return this.taken >= (own < few ? all : all - reserved);
  }

  take(address: AddressBudget | undefined): void {
    this.taken++;
    if (address) address.connections++;
  }

  giveBack(address: AddressBudget | undefined): void {
    this.taken--;
    if (address) address.connections--;
  }
}
