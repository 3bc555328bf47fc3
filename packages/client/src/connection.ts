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

/** Ping interval and connect timeout, in milliseconds. No frame within this time after a ping: the connection is dead. */
const WATCH_MS = 15_000;
/** Shorter timeout for a connection in doubt: after a send, a return to the page, or the return of the network. */
const DOUBT_MS = 5_000;
/** Minimum interval between two connection attempts, and between two `typing` frames, in milliseconds. */
const MIN_BETWEEN_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** Maximum frames buffered while a gap is filled; above it the client reconnects and resumes where the fill stopped. */
const MAX_WAITING_FRAMES = 10_000;

const EVENTS = ['online', 'offline', 'visibilitychange'];

/** Partial: some of these globals exist in browsers only. */
const here = globalThis as Partial<Omit<typeof globalThis, 'navigator'>> & { navigator?: { onLine?: boolean } };
const isOffline = (): boolean => here.navigator?.onLine === false;

export interface Connection {
  open(): void;
  /** Resolves once the peer has closed too, at the latest after one second. */
  close(reason: ChatError): Promise<void>;
  typing(): void;
  /** A user is waiting: makes a scheduled attempt now, or pings an open connection to see whether it is alive. */
  hurry(): void;
}

/**
 * Owns the one connection: opens it, monitors it, reconnects. Must not know what messages are. One function, because the
 * variables below are the state of one machine, and because every split would cost bytes of the four-kilobyte core.
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
  /** Aborted with the current attempt or connection; undefined between two. */
  let life: AbortController | undefined;
  let link: Link | undefined;
  let closed = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Consecutive failures; determines the backoff. */
  let failures = 0;
  /** Consecutive attempts over the usual transport that ended before any frame arrived; after two, `fallback` is tried. */
  let silences = 0;
  let attemptedAt = 0;
  /** False during a delay demanded by the server. */
  let mayHurry = true;
  let hasReceived = false;
  let helloAt = 0;
  /** Local send times of unanswered pings, oldest first. */
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

  /** @param error the value thrown; empty for a dead connection, or for more than `MAX_WAITING_FRAMES` */
  const lose = (error: unknown, waitMs?: number): void => {
    if (!life) return;
    silences = hasReceived || silences > 1 ? 0 : silences + 1;
    mayHurry = !waitMs;
    waitMs ??= backoff(failures++);
    drop();
    link?.close(true);
    after(waitMs, connect);
    become('waiting', {
      // The Error constructor converts any thrown value to a string.
      reason: error instanceof ChatError ? error : new ChatError('NETWORK', error as string),
      retryAt: Date.now() + waitMs,
    });
  };

  const ping = (ms: number): void => {
    hasReceived = false;
    pings.push((pingedAt = Date.now()));
    link!.send({ type: 'ping' });
    after(ms, watch);
  };

  const watch = (): void => {
    if (!hasReceived) return lose('');
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
    // Only an error before `welcome` ends the attempt, except `UNAUTHORIZED`, which close code 4401 follows. `VALIDATION_ERROR`
    // and `FORBIDDEN` refuse the `hello`, or the name in it, for good.
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
        // Its `pong` carries the newest change id, which `welcome` lacks.
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
    // 1008 `origin not allowed` is permanent; other reasons for 1008 concern what was sent.
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
    hasReceived = false;
    // Keeps `hurry` from pinging before `welcome`.
    pingedAt = Infinity;
    become('connecting');
    // `getToken` may wait for a sign-in: no timeout and no second call, only a `reason` in the state.
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
        // Without a known change id, a client that was live before requests all changes.
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
          hasReceived = true;
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
    // A dead connection may not report itself: it would count as alive until a ping times out.
    if (isOffline()) lose('');
    if (!life) {
      // Earlier failures must not delay a user who is waiting now.
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
      // Before the queue is emptied, so that a persisted outbox keeps the unanswered requests.
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
