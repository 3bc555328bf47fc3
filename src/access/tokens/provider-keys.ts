import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import {
  createLocalJWKSet,
  type CryptoKey,
  errors,
  type JSONWebKeySet,
  type JWK,
  type JWSHeaderParameters,
} from 'jose';
import { AppError } from '../../platform/errors/app-error';
import { StartupError } from '../../platform/errors/startup-error';
import type { CancelTimer, Clock } from '../../platform/lifecycle/clock';
import { OutageLog } from '../../platform/logging/outage-log';
import type { KeySource } from './key-source';

/** Time the start waits for the provider, and pause between attempts, in milliseconds: the same as for the database. */
const START_TIMEOUT_MS = 30_000;
const START_RETRY_MS = 500;
/** Minimum time between two fetches for unknown keys, in milliseconds: any client can name one. */
const UNKNOWN_KEY_MS = 30_000;
/** Age at which keys are refreshed, so that withdrawn ones expire, and interval of checks and retries, in milliseconds. */
const MAX_AGE_MS = 10 * 60_000;
const CHECK_MS = 30_000;
/** Maximum keys tried for a token that matches several, such as one without `kid`. */
const MAX_CANDIDATES = 8;

/**
 * The public keys of an identity provider. Owns their refresh; while the provider is down, the last ones stay in force. Must not
 * know tokens, whose `jku`, `x5u` and `jwk` are ignored.
 */
export class ProviderKeys implements KeySource {
  readonly algorithms = [
    ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
    ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  ];
  /** Whether the last fetch failed. */
  isStale = false;
  withdrawals = 0;
  private keys: ReturnType<typeof createLocalJWKSet> | undefined;
  private fetchedAt = -Infinity;
  private unknownKeyAt = -Infinity;
  private material: ReadonlySet<string> = new Set();
  private fetching: Promise<void> | undefined;
  /** Stops waiting for the fetch in flight. */
  private giveUp: () => void = () => undefined;
  private isClosed = false;
  private cancel: CancelTimer | undefined;
  private readonly logger = new Logger('Access');
  private readonly outage = new OutageLog(this.logger);

  constructor(
    private readonly fetchKeys: () => Promise<JSONWebKeySet>,
    private readonly clock: Clock,
  ) {}

  /** Fetches the keys, and starts refreshing them. @throws StartupError when the provider does not answer in time */
  async open(timeoutMs = START_TIMEOUT_MS): Promise<void> {
    const deadline = this.clock.monotonic() + timeoutMs;
    for (let attempt = 0; ; attempt++) {
      try {
        this.use(await this.fetchKeys());
        break;
      } catch (error) {
        const { message } = error as Error;
        if (this.clock.monotonic() > deadline) {
          throw new StartupError(`cannot get the keys of the identity provider: ${message}`);
        }
        if (attempt === 0) {
          this.logger.warn(`waiting up to ${timeoutMs / 1000} s for the keys of the identity provider: ${message}`);
        }
        await delay(START_RETRY_MS);
      }
    }
    this.cancel = this.clock.every(CHECK_MS, () => {
      if (this.isStale || this.clock.monotonic() - this.fetchedAt >= MAX_AGE_MS) void this.fetch();
    });
  }

  /** Shutdown: stops refreshing, and releases callers that wait for the provider. */
  close(): void {
    this.isClosed = true;
    this.cancel?.();
    this.giveUp();
  }

  async keysFor(header: JWSHeaderParameters): Promise<readonly CryptoKey[]> {
    const known = await this.find(header);
    if (known.length > 0) return known;
    if (!this.isClosed && this.clock.monotonic() - this.unknownKeyAt >= UNKNOWN_KEY_MS) {
      this.unknownKeyAt = this.clock.monotonic();
      void this.fetch();
    }
    await this.fetching;
    const found = await this.find(header);
    // Not "invalid": a client would discard a valid token.
    if (found.length === 0 && (this.isStale || this.isClosed)) throw new AppError('keys_unavailable');
    return found;
  }

  private async find(header: JWSHeaderParameters): Promise<readonly CryptoKey[]> {
    try {
      return this.keys ? [await this.keys(header)] : [];
    } catch (error) {
      // Importing a malformed key of the provider fails: a token that names it has no key.
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) return [];
      const keys: CryptoKey[] = [];
      for await (const key of error) if (keys.push(key) === MAX_CANDIDATES) break;
      return keys;
    }
  }

  /** One fetch at a time; never rejects. */
  private fetch(): Promise<void> {
    this.fetching ??= new Promise((resolve) => {
      this.giveUp = resolve;
      void this.refresh().then(resolve);
    });
    return this.fetching;
  }

  private async refresh(): Promise<void> {
    try {
      this.use(await this.fetchKeys());
      this.outage.recovered('the keys of the identity provider are up to date again');
    } catch (error) {
      this.isStale = true;
      if (!this.isClosed) {
        this.outage.failed(`cannot refresh the keys of the identity provider: ${(error as Error).message}`);
      }
    }
    this.fetching = undefined;
  }

  private use(set: JSONWebKeySet): void {
    this.keys = createLocalJWKSet(set);
    const material = new Set(set.keys.map(materialOf));
    if ([...this.material].some((key) => !material.has(key))) this.withdrawals++;
    this.material = material;
    this.fetchedAt = this.clock.monotonic();
    this.isStale = false;
  }
}

/** Identifies a key by its material: a provider may reorder its keys, or change their names. */
function materialOf({ kty, crv, n, e, x, y }: JWK): string {
  return JSON.stringify([kty, crv, n, e, x, y]);
}
