import { ChatError } from './chat-error.js';
import { delay } from './delay.js';
import type { Feed } from './feed.js';
import type { ClientFrame, ServerFrame } from './frames.js';
import { people } from './people.js';
import type { SendQueue } from './send-queue.js';
import type { Store } from './store.js';
import type { Tokens } from './tokens.js';
import { webSocket } from './transport.js';
import type { ChatOptions, Link } from './types.js';

/** Between two pings, and until a connection must be there, in milliseconds. A second one without any frame: it is dead. */
const WATCH_MS = 15_000;
/** The same where there is reason to doubt: after a sleep, or on coming back to the page. */
const DOUBT_MS = 5_000;
/** Between two attempts at least, whatever hurries, in milliseconds. */
const MIN_BETWEEN_MS = 1_000;
const MAX_WAIT_MS = 30_000;
/** Frames that may wait for a gap to be filled; beyond it the connection is made anew, from where the filling is. */
const MAX_WAITING_FRAMES = 10_000;

/** Not all of it is there outside of browsers. */
const here = globalThis as Partial<Omit<typeof globalThis, 'navigator'>> & { navigator?: { onLine?: boolean } };

const EVENTS = ['online', 'offline', 'pageshow', 'visibilitychange'];

/** Owns the one connection: makes it, watches it, makes it anew. Must not know messages. */
export class Connection {
  #isOpen = false;
  /** Of the present attempt or connection; undefined between two. */
  #life: AbortController | undefined;
  #link: Link | undefined;
  #closed: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #attemptedAt = 0;
  /** Whether an attempt may be made earlier than planned; not where the server said when. */
  #mayHurry = true;
  #hasHeard = false;
  /** Local times of the pings without a pong, oldest first. */
  #pings: number[] = [];
  #helloAt = 0;
  #comeBackMs: number | undefined;
  #refusal: ChatError | undefined;
  /** Connections of the usual transport in a row that ended before anything was heard. */
  #blocked = 0;

  constructor(
    private readonly url: string,
    private readonly options: ChatOptions,
    private readonly store: Store,
    private readonly tokens: Tokens,
    private readonly feed: Feed,
    private readonly queue: SendQueue,
  ) {}

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    for (const event of EVENTS) here.addEventListener?.(event, this.hurry, true);
    void this.#connect();
  }

  /** Resolves when the other side has closed as well, or has not done so within a second. */
  async close(reason: ChatError): Promise<void> {
    if (this.#isOpen) {
      this.#isOpen = false;
      for (const event of EVENTS) here.removeEventListener?.(event, this.hurry, true);
      const link = this.#drop();
      this.queue.close(reason);
      this.store.setState({ state: 'ended', reason, retryAt: undefined });
      link?.close();
      const timer = setTimeout(() => link?.close(true), 1_000);
      void this.#closed.then(() => clearTimeout(timer));
    }
    await this.#closed;
  }

  send(frame: ClientFrame): void {
    if (this.store.snapshot.state === 'live') this.#link!.send(frame);
  }

  /** Somebody is waiting: a planned attempt is made now, and a connection shows that it lives. */
  readonly hurry = (): void => {
    if (!this.#isOpen || here.document?.hidden) return;
    if (this.#life) {
      if (this.#link && this.#pings.length < 2) this.#ping(DOUBT_MS);
    } else if (this.#mayHurry) {
      this.#after(Math.max(0, this.#attemptedAt + MIN_BETWEEN_MS - Date.now()), () => void this.#connect());
    }
  };

  async #connect(): Promise<void> {
    if (here.navigator?.onLine === false) {
      this.store.setState({ state: 'offline', retryAt: undefined });
      return;
    }
    const life = new AbortController();
    this.#life = life;
    const { signal } = life;
    this.#attemptedAt = Date.now();
    this.store.setState({ state: 'connecting', retryAt: undefined });
    try {
      const token = await this.tokens.renew();
      signal.throwIfAborted();
      this.#after(WATCH_MS, () => this.#watch());
      this.#hasHeard = false;
      this.#pings = [];
      const waiting: ServerFrame[] = [];
      let isBusy = false;
      const work = async (): Promise<void> => {
        isBusy = true;
        try {
          while (waiting.length && !signal.aborted) {
            const filling = this.#handle(waiting.shift()!, signal);
            if (filling) await filling;
          }
        } catch (error) {
          this.#lose(signal, error);
        }
        isBusy = false;
      };
      const { id, change, epoch } = this.feed;
      const hello = {
        type: 'hello' as const,
        username: this.options.username,
        after: id,
        // Changes since the last connection that are not known to have been told: all.
        after_change: change ?? (id !== undefined && this.store.snapshot.completeUpTo ? 0 : undefined),
        epoch,
      };
      const transport = (this.#blocked > 1 && this.options.fallback) || this.options.channel || webSocket;
      this.#closed = new Promise((resolve) => {
        const link = transport({
          url: this.url,
          token,
          hello,
          options: this.options,
          opened: () => {
            if (signal.aborted) return link.close(true);
            this.#link = link;
            this.#helloAt = Date.now();
            link.send(hello);
            this.#ping(WATCH_MS);
          },
          received: (text) => {
            if (signal.aborted) return;
            this.#hasHeard = true;
            try {
              waiting.push(JSON.parse(text) as ServerFrame);
              if (waiting.length > MAX_WAITING_FRAMES) throw new ChatError('NETWORK');
              if (!isBusy) void work();
            } catch (error) {
              this.#lose(signal, error);
            }
          },
          closed: (code, reason) => {
            resolve();
            if (!signal.aborted) this.#ended(signal, code, reason);
          },
        });
        signal.addEventListener('abort', () => {
          if (this.#isOpen) link.close(true);
        });
      });
    } catch (error) {
      this.#lose(signal, error);
    }
  }

  #handle(frame: ServerFrame, signal: AbortSignal): Promise<void> | void {
    people(this.store, frame);
    switch (frame.type) {
      case 'welcome': {
        this.#blocked = 0;
        const { username, can, roles, limits } = frame;
        const isResumed = this.feed.id !== undefined;
        this.store.set({ username, can, roles, limits });
        this.store.setState({ state: 'catching-up', reason: undefined });
        void this.queue.resume((entry) => this.#link?.send(entry));
        const filling = this.feed.welcome(frame, signal);
        return isResumed ? filling : this.#begin(filling);
      }
      case 'chat_message':
        return this.feed.deliver(frame);
      case 'message_changed':
        return this.feed.changed(frame);
      case 'gap':
        return this.feed.fill(frame.to, signal);
      case 'replayed':
        this.feed.change = frame.last_change_id;
        return this.#live();
      case 'pong':
        return this.#ponged(frame.last_id, frame.last_change_id);
      case 'ack':
        return this.queue.acknowledged(frame);
      case 'error':
        return this.#refused(frame, signal);
      case 'typing':
        return this.store.emit('typing', { username: frame.username });
      case 'going_away':
        this.#comeBackMs = frame.reconnect_after_ms;
        return;
      case 'token_expiring':
        void this.#renew(signal);
    }
  }

  async #begin(filling: Promise<void> | void): Promise<void> {
    await filling;
    this.#live();
  }

  #live(): void {
    this.store.setState({ state: 'live', completeUpTo: this.#helloAt });
  }

  #ponged(lastId: number, lastChange: number | undefined): void {
    const at = this.#pings.shift();
    const { id } = this.feed;
    if (lastId !== id) throw new ChatError('PROTOCOL', `sent up to ${lastId}, received up to ${id}`);
    this.feed.change = lastChange;
    if (this.store.snapshot.state === 'live') this.store.setState({ completeUpTo: at });
  }

  #refused(frame: Extract<ServerFrame, { type: 'error' }>, signal: AbortSignal): void {
    if (this.queue.refused(frame)) return;
    const { code, message, retry_after_ms: retryAfterMs } = frame;
    const error = new ChatError(code, message, { retryAfterMs });
    this.#refusal = error;
    this.store.emit('error', error);
    // Without a `welcome` there is nothing to wait for.
    if (this.store.snapshot.state !== 'connecting' || code === 'UNAUTHORIZED') return;
    if (/^(VALID|FORB)/.test(code)) void this.close(error);
    else this.#lose(signal, error, retryAfterMs);
  }

  async #renew(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const token = await this.tokens.renew();
        if (token) this.#link?.send({ type: 'authenticate', token });
        return;
      } catch {
        await delay(DOUBT_MS, signal).catch(() => {});
      }
    }
  }

  #ping(ms: number): void {
    this.#hasHeard = false;
    this.#pings.push(Date.now());
    this.#link?.send({ type: 'ping' });
    this.#after(ms, () => this.#watch());
  }

  #watch(): void {
    if (!this.#hasHeard) return this.#lose(this.#life!.signal, new ChatError('NETWORK', 'no answer'));
    this.#failures = 0;
    this.#ping(WATCH_MS);
  }

  #ended(signal: AbortSignal, code: number, text: string): void {
    const refusal = this.#refusal;
    const error = (ours: string): ChatError => refusal ?? new ChatError(ours, text || `closed with ${code}`);
    if (code === 4403) return void this.close(error('FORBIDDEN'));
    if (code === 1008) return void this.close(new ChatError('REFUSED', text));
    if (code === 4401 && !this.options.getToken) return void this.close(error('UNAUTHORIZED'));
    if (code === 1009) this.queue.rejectFirst(new ChatError('TOO_LARGE', text));
    const wait = code === 4009 ? MAX_WAIT_MS * (0.5 + Math.random() / 2) : this.#comeBackMs;
    const reason = { 1012: 'RESTART', 4009: 'TOO_MANY_CONNECTIONS', 4401: 'UNAUTHORIZED' }[code] ?? 'NETWORK';
    this.#lose(signal, new ChatError(reason, text || undefined), wait);
  }

  #lose(signal: AbortSignal, error: unknown, waitMs?: number): void {
    if (signal.aborted) return;
    if (!this.#hasHeard) this.#blocked = this.#blocked > 1 ? 0 : this.#blocked + 1;
    this.#mayHurry = waitMs === undefined;
    const wait = waitMs ?? Math.random() * Math.min(MAX_WAIT_MS, 500 * 2 ** this.#failures++);
    const reason = error instanceof ChatError ? error : new ChatError('NETWORK', String(error));
    this.#drop();
    this.#after(wait, () => void this.#connect());
    this.store.setState({ state: 'waiting', reason, retryAt: Date.now() + wait });
  }

  #drop(): Link | undefined {
    const link = this.#link;
    clearTimeout(this.#timer);
    this.queue.suspend();
    this.#life?.abort();
    this.#life = this.#link = this.#comeBackMs = this.#refusal = undefined;
    return link;
  }

  #after(ms: number, run: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(run, ms);
  }
}
