import { ChatError } from './chat-error.js';
import type { ClientFrame, ServerFrames } from './frames.js';
import type { Store } from './store.js';
import type { ChatOptions, OutboxEntry, Receipt } from './types.js';

interface Pending {
  readonly entry: OutboxEntry;
  readonly settle?: { resolve(receipt: Receipt): void; reject(error: unknown): void };
  attempts: number;
}

/** Attempts at what the server fails to do, without saying that it is for the moment only. */
const MAX_FAULTS = 5;

/** Owns what was not answered yet: one request is under way at a time, so that their order is kept. Must not know connections. */
export class SendQueue {
  #pending: Pending[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Defined while there is a connection that takes requests. */
  #send: ((frame: ClientFrame) => void) | undefined;
  #loading: Promise<void> | undefined;

  constructor(
    private readonly store: Store,
    private readonly options: ChatOptions,
  ) {}

  /** Takes up what an earlier client left behind. */
  load(): Promise<void> {
    return (this.#loading ??= this.#load());
  }

  async #load(): Promise<void> {
    try {
      const left = (await this.options.outbox?.load()) ?? [];
      const known = new Set(this.#pending.map(({ entry }) => entry.client_id));
      this.#pending.unshift(
        ...left.filter(({ client_id }) => !known.has(client_id)).map((entry) => ({ entry, attempts: 0 })),
      );
      this.#changed();
    } catch (error) {
      this.store.emit('error', new ChatError('OUTBOX', String(error)));
    }
  }

  add(entry: OutboxEntry, signal?: AbortSignal): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#pending.length >= (this.options.maxPending ?? 100))
        throw new ChatError('QUEUE_FULL', undefined, { retryable: true });
      const abort = (): void => this.#end(pending, signal!.reason);
      const finish =
        <T>(settled: (value: T) => void) =>
        (value: T): void => {
          signal?.removeEventListener('abort', abort);
          settled(value);
        };
      const pending: Pending = { entry, attempts: 0, settle: { resolve: finish(resolve), reject: finish(reject) } };
      signal?.addEventListener('abort', abort);
      this.#pending.push(pending);
      this.#keep('put', entry);
      this.#changed();
      if (this.#pending.length === 1) this.#next();
    });
  }

  /** There is a connection. */
  async resume(send: (frame: ClientFrame) => void): Promise<void> {
    this.#send = send;
    await this.load();
    if (this.#send === send) this.#next();
  }

  /** The connection is gone: what is under way has no known outcome, and is sent again. */
  suspend(): void {
    this.#send = undefined;
    clearTimeout(this.#timer);
  }

  /** Rejects everything; what is kept in the store stays there. */
  close(error: ChatError): void {
    this.suspend();
    this.#loading = undefined;
    for (const { settle } of this.#pending.splice(0)) settle?.reject(error);
    this.#changed();
  }

  acknowledged({ client_id, id, change_id, timestamp }: ServerFrames['ack']): void {
    const first = this.#first(client_id);
    if (first) this.#end(first, undefined, { clientId: client_id, id, changeId: change_id, timestamp });
  }

  /** Returns whether the error belongs to a request. */
  refused({ client_id, code, message, retry_after_ms: retryAfterMs }: ServerFrames['error']): boolean {
    const first = this.#first(client_id);
    if (!first) return client_id !== undefined;
    const attempts = ++first.attempts;
    const isBusy = code === 'RATE_LIMITED' || code === 'SERVICE_UNAVAILABLE';
    if (isBusy || (/^(UNAUTH|INTERNAL)/.test(code) && attempts < MAX_FAULTS)) {
      const waitMs = retryAfterMs ?? Math.min(30_000, 500 * 2 ** attempts) * (0.5 + Math.random() / 2);
      if (code === 'RATE_LIMITED') this.store.set({ sendBlockedUntil: Date.now() + waitMs });
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#next(), waitMs);
    } else this.rejectFirst(new ChatError(code, message, { retryAfterMs, retryable: code === 'INTERNAL_ERROR' }));
    return true;
  }

  rejectFirst(error: ChatError): void {
    const first = this.#pending[0];
    if (first) this.#end(first, error);
  }

  #first(clientId: string | undefined): Pending | undefined {
    return this.#pending.find(({ entry }) => entry.client_id === clientId);
  }

  #end(pending: Pending, error: unknown, receipt?: Receipt): void {
    const place = this.#pending.indexOf(pending);
    if (place < 0) return;
    this.#pending.splice(place, 1);
    this.#keep('remove', pending.entry.client_id);
    this.#changed();
    if (receipt) {
      pending.settle?.resolve(receipt);
      this.store.emit('sent', receipt);
    } else {
      pending.settle?.reject(error);
      if (error instanceof ChatError) this.store.emit('rejected', { entry: pending.entry, error });
    }
    if (place === 0) this.#next();
  }

  #next(): void {
    clearTimeout(this.#timer);
    if (this.store.snapshot.sendBlockedUntil) this.store.set({ sendBlockedUntil: undefined });
    const first = this.#pending[0];
    if (first) this.#send?.(first.entry);
  }

  #changed(): void {
    this.store.set({ pending: this.#pending.map(({ entry }) => entry) });
  }

  #keep<Method extends 'put' | 'remove'>(method: Method, value: Method extends 'put' ? OutboxEntry : string): void {
    const { outbox } = this.options;
    new Promise((resolve) => resolve(outbox?.[method](value as never))).catch((error: unknown) =>
      this.store.emit('error', new ChatError('OUTBOX', String(error))),
    );
  }
}
