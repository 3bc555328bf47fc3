import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChangedMessage, ConnectionState, Message, Place, Receipt } from '@chat-system/client';
import { TcpProxy } from './cluster/tcp-proxy';
import type { Feed, History, Session } from './history';
import { tokenOf } from './identities';
import { newMarker } from './markers';
import type { Random } from './random';
import type { Request } from './request';
import type { Client } from './socket-client';
import type { Where } from './where';

/** Requests without an answer. */
const WINDOW = 8;
/** Requests in one run at most. */
const MAX_REQUESTS = 5_000;
/** Until its process is ended, in milliseconds. */
const CLOSE_MS = 5_000;

/** To the process of the client. */
export type Ask =
  { readonly kind: 'request'; readonly clientId: string; readonly request: Request } | { readonly kind: 'close' };

/** From it. */
export type Report = { readonly place: Partial<Place> } & (
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'changed'; readonly message: ChangedMessage }
  | { readonly kind: 'reset'; readonly after: number }
  | { readonly kind: 'state'; readonly state: ConnectionState }
  | { readonly kind: 'ack'; readonly receipt: Receipt }
  | { readonly kind: 'refused'; readonly clientId: string; readonly code: string }
);

/**
 * An author who uses the published client, `packages/client`, in a process of its own: what that promises over any number of connections
 * is recorded as if it were the server's promise. It has one address, behind which its connections lead to any server.
 */
export class Participant implements Client {
  cursor = 0;
  changeCursor = 0;
  private readonly requests = new Map<string, Request>();
  private readonly own: number[] = [];
  private session: Session;
  private count = 0;
  private isFinishing = false;
  private child: ChildProcess | undefined;
  private proxy: TcpProxy | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly where: Where,
    private readonly random: Random,
    private readonly history: History,
    private readonly feed: Feed,
  ) {
    this.session = history.session(feed, { after: 0, afterChange: 0 }, 0);
  }

  get username(): string {
    return this.feed.username!;
  }

  get unanswered(): string[] {
    return [...this.requests.keys()].map((clientId) => `${this.username}#${clientId}`);
  }

  get isIdle(): boolean {
    return this.requests.size === 0;
  }

  start(): void {
    this.running = this.run();
  }

  /** Begins no further requests. */
  finish(): void {
    this.isFinishing = true;
  }

  cut(): void {
    this.proxy?.cut();
  }

  async stop(): Promise<void> {
    this.finish();
    await this.running;
    const { child } = this;
    if (child?.exitCode === null) {
      child.send({ kind: 'close' } satisfies Ask);
      const late = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
      await once(child, 'exit');
      clearTimeout(late);
    }
    await this.proxy?.close();
  }

  private async run(): Promise<void> {
    const { where } = this;
    const target = {
      host: '127.0.0.1',
      get port() {
        return where();
      },
    };
    this.proxy = await TcpProxy.open(target);
    const url = `http://127.0.0.1:${this.proxy.port}`;
    const child = fork(join(__dirname, 'participant-process.js'), [url, tokenOf(this.username, this.feed.role)!]);
    this.child = child;
    child.on('message', (report: Report) => this.note(report));
    while (!this.isFinishing) {
      await delay(this.random.whole(5, 40));
      if (this.requests.size < WINDOW && this.count < MAX_REQUESTS) this.begin(this.nextRequest());
    }
  }

  private nextRequest(): Request {
    const { random } = this;
    const { length } = this.own;
    if (length === 0 || random.chance(0.6)) return { type: 'chat_message', message: this.text() };
    const id = random.pick(this.own);
    return random.chance(0.3) ? { type: 'delete', id } : { type: 'edit', id, message: this.text() };
  }

  private text(): string {
    const marker = newMarker(this.random);
    return `${this.username} ${this.count} ${marker} ${'ö'.repeat(this.random.whole(0, 80))} ${marker}.`;
  }

  private begin(request: Request): void {
    const clientId = String(++this.count);
    this.requests.set(clientId, request);
    if (request.type === 'chat_message') this.history.sent(this.session, clientId, request.message);
    else this.history.asked(this.session, clientId, request);
    this.child!.send({ kind: 'request', clientId, request } satisfies Ask);
  }

  private note(report: Report): void {
    const { place } = report;
    const { events } = this.session;
    this.cursor = place.id ?? 0;
    this.changeCursor = place.change ?? 0;
    switch (report.kind) {
      case 'message':
        this.history.given(report.message.id);
        events.push({ kind: 'message', ...this.history.told(report.message) });
        break;
      case 'changed':
        events.push({ kind: 'changed', ...this.history.told(report.message), change_id: report.message.change_id });
        break;
      case 'reset':
        // No history of a proof becomes another one: what follows does not fit.
        this.session = this.history.session(this.feed, { after: report.after, afterChange: 0 }, 0);
        break;
      case 'state':
        this.changedState(report.state, place);
        break;
      case 'ack':
        this.acknowledged(report.receipt);
        break;
      case 'refused':
        this.requests.delete(report.clientId);
        if (report.code !== 'CLOSED') events.push({ kind: 'refused', clientId: report.clientId, code: report.code });
        break;
    }
  }

  /** `live` is the client's claim that it has everything. */
  private changedState(state: ConnectionState, { id, change }: Partial<Place>): void {
    if (state === 'catching-up') {
      this.session = this.history.session(this.feed, { after: id, afterChange: change ?? 0 }, 0);
    } else if (state === 'live') {
      this.session.events.push({ kind: 'cursor', of: 'pong', lastId: id!, lastChange: change });
    }
  }

  private acknowledged({ clientId, id, changeId, timestamp }: Receipt): void {
    const request = this.requests.get(clientId);
    this.requests.delete(clientId);
    const stored = { clientId, id, timestamp, at: performance.now() };
    if (changeId !== undefined) this.session.events.push({ kind: 'done', ...stored, changeId });
    else {
      this.history.given(id);
      this.session.events.push({ kind: 'ack', ...stored });
      if (request?.type === 'chat_message') this.own.push(id);
    }
  }
}
