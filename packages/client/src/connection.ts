import { ChatError } from './chat-error.js';
import { backoff, delay } from './delay.js';
import type { Feed } from './feed.js';
import type { ServerFrame, ServerFrames } from './frames.js';
import { people } from './people.js';
import type { Rest } from './rest.js';
import type { SendQueue } from './send-queue.js';
import type { Store } from './store.js';
import { webSocket } from './transport.js';
import type { ChatOptions, ConnectionState, Link, Snapshot } from './types.js';

/** Between two pings, and until a connection must be there, in milliseconds. A second one without any frame: it is dead. */
const WATCH_MS = 15_000;
/** The same where there is reason to doubt: somebody sends, comes back to the page, or has a network again. */
const DOUBT_MS = 5_000;
/** Between two attempts at least, whatever hurries, and between two notes of typing, in milliseconds. */
const MIN_BETWEEN_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** Frames that may wait for a gap to be filled; beyond it the connection is made anew, from where the filling is. */
const MAX_WAITING_FRAMES = 10_000;

const EVENTS = ['online', 'offline', 'visibilitychange'];

/** Not all of it is there outside of browsers. */
const here = globalThis as Partial<Omit<typeof globalThis, 'navigator'>> & { navigator?: { onLine?: boolean } };
const isOffline = (): boolean => here.navigator?.onLine === false;

export interface Connection {
  open(): void;
  /** Resolves when the other side has closed as well, or has not done so within a second. */
  close(reason: ChatError): Promise<void>;
  typing(): void;
  /** Somebody is waiting: a planned attempt is made now, and a connection shows that it lives. */
  hurry(): void;
}

/**
 * Owns the one connection: makes it, watches it, makes it anew. Must not know what messages are. It is one file and one function, as
 * the variables below are the state of one machine, and the core has to stay below four kilobytes: any part by itself costs bytes.
 */
export function createConnection(
  url: string,
  options: ChatOptions,
  store: Store,
  rest: Rest,
  feed: Feed,
  queue: SendQueue,
): Connection {
  let isOpen = false;
  /** Of the present attempt or connection; undefined between two. */
  let life: AbortController | undefined;
  let link: Link | undefined;
  let closed = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** In a row. */
  let failures = 0;
  /** Those of them in a row by the usual transport that ended before anything was heard. */
  let silences = 0;
  let attemptedAt = 0;
  /** Not where the server said when to come back. */
  let mayHurry = true;
  let hasHeard = false;
  let helloAt = 0;
  /** Local times of the pings without a pong, oldest first. */
  let pings: number[] = [];
  let pingedAt = 0;
  let typedAt = 0;
  let comeBackMs: number | undefined;
  let refusal: ChatError | undefined;

  const become = (state: ConnectionState, more?: Partial<Snapshot>): void =>
    store.set({ state, retryAt: undefined, ...more }, 'state');

  const after = (ms: number, run: () => unknown): void => {
    clearTimeout(timer);
    timer = setTimeout(run, ms);
  };

  const drop = (): void => {
    clearTimeout(timer);
    queue.suspend();
    life?.abort();
    life = comeBackMs = refusal = undefined;
  };

  /** @param error what was thrown; empty: the connection died, or what came over it was too much */
  const lose = (error: unknown, waitMs?: number): void => {
    if (!life) return;
    silences = hasHeard || silences > 1 ? 0 : silences + 1;
    mayHurry = !waitMs;
    waitMs ??= backoff(failures++);
    drop();
    link?.close(true);
    after(waitMs, connect);
    become('waiting', {
      // Errors make a string of whatever was thrown.
      reason: error instanceof ChatError ? error : new ChatError('NETWORK', error as string),
      retryAt: Date.now() + waitMs,
    });
  };

  const ping = (ms: number): void => {
    hasHeard = false;
    pings.push((pingedAt = Date.now()));
    link!.send({ type: 'ping' });
    after(ms, watch);
  };

  const watch = (): void => {
    if (!hasHeard) return lose('');
    failures = 0;
    ping(WATCH_MS);
  };

  const live = (): void => become('live', { completeUpTo: helloAt });

  const renew = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      try {
        const token = await rest.renew();
        if (token) link!.send({ type: 'authenticate', token });
        return;
      } catch {
        await delay(DOUBT_MS, signal).catch(() => {});
      }
    }
  };

  const refused = (frame: ServerFrames['error']): void => {
    const { code, message, retry_after_ms: retryAfterMs } = frame;
    refusal = new ChatError(code, message, retryAfterMs);
    store.emit('error', refusal);
    // Without a `welcome` there is nothing to wait for; 4401 follows `UNAUTHORIZED`. V and F: the frame, or its name, is refused for good.
    if (store.get().state !== 'connecting' || code === 'UNAUTHORIZED') return;
    if (/^[VF]/.test(code)) void close(refusal);
    else lose(refusal, retryAfterMs);
  };

  const handle = (frame: ServerFrame, signal: AbortSignal): Promise<void> | void => {
    people(store, frame);
    switch (frame.type) {
      case 'welcome': {
        const { username, can, roles, limits } = frame;
        become('catching-up', { username, can, roles, limits, reason: undefined });
        queue.resume((entry) => link!.send(entry));
        // Tells the newest change, which `welcome` does not.
        ping(WATCH_MS);
        return feed.welcome(frame, signal)?.then(live);
      }
      case 'chat_message':
        return feed.deliver(frame);
      case 'message_changed':
        return feed.changed(frame);
      case 'gap':
        return feed.fill(frame.to, signal);
      case 'replayed':
        feed.place.change = frame.last_change_id;
        return live();
      case 'pong': {
        const completeUpTo = pings.shift();
        if (frame.last_id !== feed.place.id) throw new ChatError('PROTOCOL');
        feed.place.change = frame.last_change_id;
        if (store.get().state === 'live') become('live', { completeUpTo });
        return;
      }
      case 'typing':
        return store.emit('typing', frame);
      case 'going_away':
        comeBackMs = frame.reconnect_after_ms;
        return;
      case 'token_expiring':
        return void renew(signal);
      case 'ack':
      case 'error':
        if (!queue.answered(frame)) refused(frame as ServerFrames['error']);
    }
  };

  const ended = (code: number, text: string): void => {
    const reason = refusal ?? new ChatError('CLOSE_' + code, text);
    // 1008 `origin not allowed` is for ever; the others are about what was sent.
    const isFinal = code === 4403 || /^origin/.test(text) || (code === 4401 && !options.getToken);
    if (isFinal) return void close(reason);
    if (code === 1009) queue.rejectFirst(reason);
    lose(reason, code === 4009 || code === 1008 ? LONGEST_WAIT_MS / 2 + backoff(9) / 2 : comeBackMs);
  };

  const connect = async (): Promise<void> => {
    if (isOffline()) {
      become('offline');
      return;
    }
    const { signal } = (life = new AbortController());
    attemptedAt = Date.now();
    hasHeard = false;
    // No doubts before its `welcome`.
    pingedAt = Infinity;
    become('connecting');
    // It may wait for somebody to sign in: then it must not be asked again, and the waiting has no end, but a reason.
    after(WATCH_MS, () => become('connecting', { reason: new ChatError('NETWORK', 'getToken') }));
    const guard = async (work: () => unknown): Promise<void> => {
      try {
        if (!signal.aborted) await work();
      } catch (error) {
        if (!signal.aborted) lose(error);
      }
    };
    await guard(async () => {
      const token = await rest.renew();
      if (signal.aborted) return;
      after(WATCH_MS, watch);
      pings = [];
      const waiting: string[] = [];
      let isBusy = false;
      const { id, change, epoch = '' } = feed.place;
      const hello = {
        type: 'hello' as const,
        username: options.username,
        after: id,
        // Of what was seen before, the changes that are not known to have been told: all.
        after_change: change ?? (store.get().completeUpTo && 0),
        epoch,
      };
      const transport = (silences > 1 && options.fallback) || options.channel || webSocket;
      let over!: () => void;
      const end = new Promise<void>((resolve) => (over = resolve));
      link = transport({
        url,
        token,
        hello,
        options,
        opened: () =>
          guard(() => {
            helloAt = Date.now();
            link!.send(hello);
          }),
        received: (text) => {
          if (signal.aborted) return;
          hasHeard = true;
          if (waiting.push(text) > MAX_WAITING_FRAMES) lose('');
          if (isBusy) return;
          isBusy = true;
          void guard(async () => {
            while (waiting.length && !signal.aborted) {
              const filling = handle(JSON.parse(waiting.shift()!) as ServerFrame, signal);
              if (filling) await filling;
            }
            isBusy = false;
          });
        },
        closed: (code, text) => {
          over();
          void guard(() => ended(code, text));
        },
      });
      closed = end;
    });
  };

  const hurry = (): void => {
    if (!isOpen) return;
    // A connection that is dead need not say so: until a ping failed, it would be taken for one that lives.
    if (isOffline()) lose('');
    if (!life) {
      // Whoever waits now shall not wait long because of what failed before.
      failures = 0;
      if (mayHurry) after(attemptedAt + MIN_BETWEEN_MS - Date.now(), connect);
    } else if (Date.now() - pingedAt > DOUBT_MS) ping(DOUBT_MS);
  };

  const listen = (method: 'addEventListener' | 'removeEventListener'): void =>
    EVENTS.forEach((event) => here[method]?.(event, hurry, true));

  const close = async (reason: ChatError): Promise<void> => {
    if (isOpen) {
      isOpen = false;
      listen('removeEventListener');
      drop();
      // Before the queue is emptied: whoever keeps it must know that nothing was answered.
      become('ended', { reason });
      queue.close(reason);
      link?.close();
      after(1_000, () => link?.close(true));
      void closed.then(() => clearTimeout(timer));
    }
    await closed;
  };

  return {
    close,
    hurry,
    open() {
      if (isOpen) return;
      isOpen = true;
      listen('addEventListener');
      void connect();
    },
    typing() {
      if (store.get().state !== 'live' || Date.now() - typedAt < MIN_BETWEEN_MS) return;
      typedAt = Date.now();
      link!.send({ type: 'typing' });
    },
  };
}
