import { setTimeout as delay } from 'node:timers/promises';
import type { Receipt } from '@chat-system/client';
import { TcpProxy } from '../cluster/tcp-proxy';
import type { Feed, History, Session } from '../history';
import { tokenOf } from '../identities';
import { newMarker } from '../markers';
import type { Random } from '../random';
import type { Request } from '../request';
import type { Client } from '../socket-client';
import type { Where } from '../where';
import type { Report } from './dialogue';
import type { Host, OpenHost } from './host';

/** Requests in flight. */
const WINDOW = 8;
/** Maximum requests in one run. */
const MAX_REQUESTS = 5_000;

/**
 * An author who uses the published client, `packages/client`. The client's promises, over any number of connections, are recorded
 * like the server's. It knows one address, whose connections are forwarded to any server. Must not know where the client runs.
 */
export class Participant implements Client {
  cursor = 0;
  changeCursor = 0;
  private readonly requests = new Map<string, Request>();
  private readonly own: number[] = [];
  private session: Session;
  private count = 0;
  private isFinishing = false;
  private host: Host | undefined;
  private proxy: TcpProxy | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly where: Where,
    private readonly random: Random,
    private readonly history: History,
    private readonly feed: Feed,
    private readonly open: OpenHost,
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

  /** Begins one last request, which makes a client that backs off after many failures connect at once. */
  finish(): void {
    if (this.host && !this.isFinishing) this.begin(this.nextRequest());
    this.isFinishing = true;
  }

  cut(): void {
    this.proxy?.cut();
  }

  async stop(): Promise<void> {
    this.finish();
    await this.running;
    await this.host?.close();
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
    this.host = await this.open(url, tokenOf(this.username, this.feed.role)!, (report) => this.note(report));
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
    this.host!.ask({ kind: 'request', clientId, request });
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
        // The database is never replaced in a proof: the checks report what follows a reset.
        this.session = this.history.session(this.feed, { after: report.after, afterChange: 0 }, 0);
        break;
      case 'state':
        this.changedState(report);
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

  /** Records claims: with `live` the client has everything, with `completeUpTo` everything acknowledged before that. */
  private changedState({ state, completeUpTo, place: { id, change } }: Report & { kind: 'state' }): void {
    if (state === 'catching-up') {
      this.session = this.history.session(this.feed, { after: id, afterChange: change ?? 0 }, 0);
    } else if (state === 'live') {
      this.session.events.push({ kind: 'cursor', of: 'pong', lastId: id!, lastChange: change });
    }
    if (completeUpTo === undefined) return;
    // Allow a millisecond for the rounding of both clocks.
    const upTo = performance.now() - (Date.now() - completeUpTo) - 1;
    this.session.events.push({ kind: 'complete', upTo });
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
