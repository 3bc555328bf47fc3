import type { ClientFrame, ServerFrame } from './frames.js';
import type { Link, LinkContext, Transport } from './index.js';

type Hello = LinkContext['hello'];
type Request = Extract<ClientFrame, { client_id: string }>;
interface Refusal {
  readonly code?: string;
  readonly message?: string;
}
interface Changed {
  readonly id: number;
  readonly timestamp: string;
  readonly change_id?: number;
}

/**
 * Transport over Server-Sent Events and HTTP for networks that block WebSockets: `new ChatClient(url, { fallback: sse() })`.
 * Sending requires a server that accepts messages over HTTP: with access tokens, or with `HTTP_POST=true`. Presence and typing
 * are unavailable.
 */
export function sse(): Transport {
  return (context) => new EventStream(context);
}

/** Speaks the protocol of a WebSocket to the client, and HTTP to the server. Owns one event stream. */
class EventStream implements Link {
  readonly #context: LinkContext;
  readonly #abort = new AbortController();
  /** Watermarks: everything up to this message and this change was passed on. */
  #lastId = 0;
  #lastChange: number | undefined;
  /** Message id that completes the replay; undefined once it is complete. */
  #replayTo: number | undefined;
  /** For each unanswered ping, the newest message id when it was sent. */
  #asked: number[] = [];
  #isOver = false;

  constructor(context: LinkContext) {
    this.#context = context;
    void Promise.resolve().then(() => this.#isOver || context.opened());
  }

  send(frame: ClientFrame): void {
    void this.#handle(frame).catch(() => this.#end(1006));
  }

  close(): void {
    // Asynchronously, as a socket does.
    void Promise.resolve().then(() => this.#end(1005));
  }

  async #handle(frame: ClientFrame): Promise<void> {
    switch (frame.type) {
      case 'hello':
        return this.#open(frame);
      case 'ping':
        this.#asked.push(await this.#total());
        this.#answerPings();
        return;
      case 'chat_message':
      case 'edit':
      case 'delete':
        return this.#request(frame);
    }
  }

  async #open({ after, after_change: afterChange, epoch, username }: Hello): Promise<void> {
    const total = await this.#total();
    let isKnown = true;
    let response = await this.#stream((this.#lastId = Math.min(after ?? total, total)), afterChange);
    const found = response.headers.get('chat-epoch') ?? epoch;
    if (epoch && found !== epoch) {
      // The database was replaced: a position in the old one means nothing here.
      isKnown = false;
      await response.body?.cancel();
      response = await this.#stream((this.#lastId = total), undefined);
    }
    if (!response.ok || !response.body) return this.#refused(response);
    // `null`: presence is unknown over HTTP.
    this.#receive({ type: 'welcome', username: username ?? null, last_id: total, user_count: null, epoch: found });
    if (after !== undefined && isKnown) this.#replayTo = total;
    this.#handOn();
    await this.#read(response.body);
    this.#end(1006);
  }

  #stream(lastId: number, lastChange: number | undefined): Promise<Response> {
    this.#lastChange = lastChange;
    const place = lastId + (lastChange === undefined ? '' : `-${lastChange}`);
    return this.#fetch('/api/messages/stream', { headers: { 'last-event-id': place } });
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + value).split('\n\n');
      rest = events.pop()!;
      for (const event of events) this.#event(event);
    }
  }

  #event(text: string): void {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
    const data = field('data');
    if (data === undefined) return;
    const frame = JSON.parse(data) as ServerFrame;
    this.#context.received(data);
    if (frame.type === 'chat_message') this.#lastId = frame.id;
    else if (frame.type === 'gap') this.#lastId = frame.to;
    const change = field('id')?.split('-')[1];
    if (change !== undefined) this.#lastChange = Number(change);
    this.#handOn();
  }

  /** Reports a completed replay, and answers pings that are due. */
  #handOn(): void {
    if (this.#replayTo !== undefined && this.#lastId >= this.#replayTo) {
      this.#replayTo = undefined;
      this.#receive({ type: 'replayed', ...this.#place() });
    }
    this.#answerPings();
  }

  /** Answers each ping once the stream has everything that was stored when it was sent. */
  #answerPings(): void {
    while (this.#asked.length && this.#asked[0]! <= this.#lastId) {
      this.#asked.shift();
      this.#receive({ type: 'pong', ...this.#place() });
    }
  }

  #place(): { last_id: number; last_change_id?: number } {
    return { last_id: this.#lastId, ...(this.#lastChange !== undefined && { last_change_id: this.#lastChange }) };
  }

  async #request(frame: Request): Promise<void> {
    const { client_id: key, type } = frame;
    const path = '/api/messages' + (type === 'chat_message' ? '' : `/${frame.id}`);
    const username = type === 'chat_message' ? (frame.username ?? this.#context.hello.username) : undefined;
    const response = await this.#fetch(path, {
      method: { chat_message: 'POST', edit: 'PATCH', delete: 'DELETE' }[type],
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      ...(type !== 'delete' && { body: JSON.stringify({ username, message: frame.message }) }),
    });
    if (response.status === 401) return this.#refused(response);
    if (response.ok) {
      const { id, timestamp, change_id } = (await response.json()) as Changed;
      // A repeated send may return a message that was changed since; the receipt of a send has no change id.
      const change = type === 'chat_message' ? undefined : change_id;
      this.#receive({ type: 'ack', client_id: key, id, timestamp, ...(change !== undefined && { change_id: change }) });
      return;
    }
    const { code, message } = (await response.json().catch(() => ({}))) as Refusal;
    const retryAfterMs = retryAfter(response);
    this.#receive({
      type: 'error',
      client_id: key,
      code: code ?? `HTTP_${response.status}`,
      message: message ?? response.statusText,
      ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
    });
  }

  /** Number of stored messages, which is the newest id. */
  async #total(): Promise<number> {
    const response = await this.#fetch('/api/messages?limit=1', {});
    if (!response.ok) {
      await this.#refused(response);
      throw new Error(`HTTP ${response.status}`);
    }
    return ((await response.json()) as { total: number }).total;
  }

  #fetch(path: string, init: RequestInit): Promise<Response> {
    const { url, token, options } = this.#context;
    const headers = { ...(init.headers as object), ...(token && { authorization: `Bearer ${token}` }) };
    return (options.fetch ?? fetch)(url + path, { ...init, headers, signal: this.#abort.signal });
  }

  /** Ends with the close code that corresponds to the HTTP status. */
  async #refused(response: Response): Promise<void> {
    const { message = '' } = (await response.json().catch(() => ({}))) as Refusal;
    const retryAfterMs = retryAfter(response);
    if (retryAfterMs !== undefined) this.#receive({ type: 'going_away', reconnect_after_ms: retryAfterMs });
    this.#end({ 401: 4401, 403: 4403 }[response.status] ?? 1006, message);
  }

  #receive(frame: object): void {
    if (!this.#isOver) this.#context.received(JSON.stringify(frame));
  }

  #end(code: number, reason = ''): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#abort.abort();
    this.#context.closed(code, reason);
  }
}

function retryAfter({ headers }: Response): number | undefined {
  const seconds = Number(headers.get('retry-after'));
  return seconds > 0 ? seconds * 1_000 : undefined;
}
