import { ChatError } from './chat-error.js';
import { backoff, onAbort } from './delay.js';
import type { ServerFrames } from './frames.js';
import type { Store } from './store.js';
import type { ChatOptions, OutboxEntry, Receipt } from './types.js';

interface Pending {
  readonly entry: OutboxEntry;
  attempts: number;
  settle(receipt: Receipt | undefined, error: Error | undefined): void;
}

/** An `ack` or an `error`; only the latter has a `code`. */
type Answer = Omit<ServerFrames['ack'], 'type'> &
  Partial<Omit<ServerFrames['error'], 'type' | 'client_id' | 'timestamp'>>;

export interface SendQueue {
  add(entry: OutboxEntry, signal?: AbortSignal): Promise<Receipt>;
  /** Sends the first request over a new connection. */
  resume(send: (entry: OutboxEntry) => void): void;
  /** The connection was lost: the request in flight has an unknown outcome and will be resent. */
  suspend(): void;
  /** Rejects everything. */
  close(error: ChatError): void;
  /** Handles an answer; returns whether it belongs to a request. */
  answered(frame: ServerFrames['ack'] | ServerFrames['error']): boolean;
  rejectFirst(error: ChatError): void;
}

/** Maximum attempts for a request that fails with an error not marked as temporary. */
const MAX_FAULTS = 5;

/** Owns the unanswered requests. One is in flight at a time, which preserves their order. Must not know connections. */
export function createQueue(store: Store, { maxPending = 100 }: ChatOptions): SendQueue {
  const all: Pending[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Defined while a connection accepts requests. */
  let send: ((entry: OutboxEntry) => void) | undefined;

  const changed = (): void => store.set({ pending: all.map(({ entry }) => entry) });

  const next = (): void => {
    clearTimeout(timer);
    if (store.get().sendBlockedUntil) store.set({ sendBlockedUntil: undefined });
    if (all[0]) send?.(all[0].entry);
  };

  const end = (pending: Pending, error: Error | undefined, receipt?: Receipt): void => {
    const place = all.indexOf(pending);
    if (place < 0) return;
    all.splice(place, 1);
    changed();
    pending.settle(receipt, error);
    if (receipt) store.emit('sent', receipt);
    else store.emit('rejected', { entry: pending.entry, error: error! });
    if (!place) next();
  };

  const rejectFirst = (error: ChatError): void => end(all[0]!, error);

  const suspend = (): void => {
    send = undefined;
    clearTimeout(timer);
  };

  return {
    suspend,
    rejectFirst,

    add: (entry, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        if (store.get().state === 'ended') throw new ChatError('CLOSED');
        if (all.length >= maxPending) throw new ChatError('QUEUE_FULL');
        const off = onAbort(signal, () => end(pending, signal!.reason as Error));
        const pending: Pending = {
          entry,
          attempts: 0,
          settle(receipt, error) {
            off();
            if (receipt) resolve(receipt);
            else reject(error!);
          },
        };
        all.push(pending);
        // Before it is sent, so that a persisted outbox holds it by then.
        changed();
        if (!all[1]) next();
      }),

    resume(to) {
      send = to;
      next();
    },

    close(error) {
      suspend();
      for (const { settle } of all.splice(0)) settle(undefined, error);
      changed();
    },

    answered(frame) {
      const {
        client_id: clientId,
        id,
        change_id: changeId,
        timestamp,
        code,
        message,
        retry_after_ms: retryAfterMs,
      } = frame as Answer;
      // The server does not echo an invalid key: the error belongs to the request in flight.
      const pending = clientId
        ? all.find(({ entry }) => entry.client_id === clientId)
        : /client_id/.test(message!) && all[0];
      if (!pending) return !!clientId;
      if (!code) {
        end(pending, undefined, { clientId, id, changeId, timestamp });
        return true;
      }
      const isLimited = code === 'RATE_LIMITED';
      // `UNAUTHORIZED` and `INTERNAL_ERROR`.
      const isFault = /^(UNA|INT)/.test(code);
      const attempts = ++pending.attempts;
      if (isLimited || code === 'SERVICE_UNAVAILABLE' || (isFault && attempts < MAX_FAULTS)) {
        const waitMs = retryAfterMs ?? 1_000 + backoff(attempts);
        if (isLimited) store.set({ sendBlockedUntil: Date.now() + waitMs });
        clearTimeout(timer);
        timer = setTimeout(next, waitMs);
      } else end(pending, new ChatError(code, message, retryAfterMs));
      return true;
    },
  };
}
