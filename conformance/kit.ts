import { randomBytes, randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { Untried } from './verdict';
import { Client, type Frame } from './client';
import { EventStream } from './event-stream';
import type { Target } from './target';
import { Transcript } from './transcript';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined for other bodies. */
  readonly body: unknown;
}

/** Owns the connections, names and keys of one check, which end with it. Must not know the rules. */
export class Kit {
  readonly transcript = new Transcript();
  private readonly clients: Client[] = [];
  private readonly leaving = new AbortController();
  private readonly mark = randomBytes(3).toString('hex');
  private count = 0;

  constructor(readonly target: Target) {}

  /** A v1 connection, by default without a subprotocol. */
  v1(query = '', headers: Record<string, string> = {}): Promise<Client> {
    return this.open(this.target.socketUrl + query, [], headers);
  }

  /** A v2 connection before its hello. */
  async v2(query = '', headers: Record<string, string> = {}): Promise<Client> {
    const client = await this.open(this.target.socketUrl + query, ['chat.v2'], headers).catch((error: unknown) => {
      throw new Untried(`no connection with chat.v2: ${String(error)}`);
    });
    return client;
  }

  /** A v2 connection after its hello. */
  async hello(hello: Record<string, unknown> = {}): Promise<[client: Client, welcome: Frame]> {
    const client = await this.v2();
    client.send({ type: 'hello', ...hello });
    return [client, await client.expectType('welcome')];
  }

  async open(url: string, protocols: string[], headers: Record<string, string> = {}): Promise<Client> {
    const socket = new WebSocket(url, protocols, {
      headers: { ...this.target.authorization, ...headers },
      handshakeTimeout: this.target.timeoutMs,
      perMessageDeflate: false,
    });
    const client = await Client.open(socket, ++this.count, this.transcript, this.target.timeoutMs);
    this.clients.push(client);
    return client;
  }

  async http(path: string, init: RequestInit = {}): Promise<Answer> {
    this.transcript.add(0, '>', `${init.method ?? 'GET'} ${path}`);
    const signal = AbortSignal.any([this.leaving.signal, AbortSignal.timeout(this.target.timeoutMs)]);
    const headers = { ...this.target.authorization, ...(init.headers as Record<string, string> | undefined) };
    const answer = await fetch(this.target.httpUrl + path, { ...init, headers, signal });
    const text = await answer.text();
    this.transcript.add(0, '<', `${answer.status} ${text}`);
    return { status: answer.status, headers: answer.headers, body: parsed(text) };
  }

  /** @throws Untried when the server has no event stream */
  async stream(path: string, headers: Record<string, string> = {}): Promise<EventStream> {
    this.transcript.add(0, '>', `GET ${path} ${JSON.stringify(headers)}`);
    const late = setTimeout(() => this.leaving.abort(), this.target.timeoutMs);
    const answer = await fetch(this.target.httpUrl + path, {
      headers: { ...this.target.authorization, Accept: 'text/event-stream', ...headers },
      signal: this.leaving.signal,
    }).finally(() => clearTimeout(late));
    this.transcript.add(0, '<', `${answer.status} ${answer.headers.get('content-type')}`);
    if (answer.status === 404) throw new Untried('no event stream');
    return new EventStream(answer, this.transcript, this.target.timeoutMs);
  }

  /** A username unique to this check; with an access token, always the token's. */
  name(part: string): string {
    return this.target.identity ?? `kit-${this.mark}-${part}`;
  }

  /** Called by checks that need several users. @throws Untried with an access token, which allows one name */
  needsNames(): void {
    if (this.target.identity !== undefined) throw new Untried('the access token allows one name');
  }

  /** A unique text. */
  text(): string {
    return `conformance ${this.mark}-${randomBytes(4).toString('hex')}`;
  }

  key(): string {
    return randomUUID();
  }

  close(): void {
    this.leaving.abort();
    for (const client of this.clients) client.socket.terminate();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
