import { get, type ClientRequest, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { V2Out } from '../src/chat/protocol/frames';
import type { Feed, Gap, History, Session } from './history';
import type { Random } from './random';
import { fillGap } from './rest';
import type { Listener } from './socket-client';
import type { Where } from './where';

type Frame = V2Out['chat_message' | 'message_changed' | 'gap'];

/** A reader of `GET /api/messages/stream` that resumes by `Last-Event-ID`. */
export class StreamReader implements Listener {
  cursor = 0;
  changeCursor = 0;
  /** As sent by the server, and opaque as in a browser. */
  private lastEventId = '0-0';
  private port = 0;
  private request: ClientRequest | undefined;
  private response: IncomingMessage | undefined;
  private isStopped = false;
  private running: Promise<void> = Promise.resolve();
  private readonly gaps: Promise<void>[] = [];

  constructor(
    private readonly where: Where,
    private readonly random: Random,
    private readonly history: History,
    private readonly feed: Feed,
  ) {}

  start(): void {
    this.running = this.run();
  }

  cut(): void {
    this.request?.destroy();
  }

  stall(milliseconds: number): void {
    const { response } = this;
    response?.pause();
    setTimeout(() => response?.resume(), milliseconds);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.cut();
    await this.running;
  }

  async gapsFilled(): Promise<void> {
    await Promise.all(this.gaps);
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      await this.connection();
      await delay(this.pause());
    }
  }

  private pause(): number {
    return this.isStopped ? 0 : this.random.whole(20, 200);
  }

  private connection(): Promise<void> {
    return new Promise((resolve) => {
      const headers = { 'Last-Event-ID': this.lastEventId };
      const port = (this.port = this.where());
      this.request = get({ host: '127.0.0.1', port, path: '/api/messages/stream', headers, agent: false });
      this.request.on('response', (response) => this.read(response));
      this.request.on('error', () => undefined);
      this.request.on('close', resolve);
    });
  }

  private read(response: IncomingMessage): void {
    response.on('error', () => undefined);
    if (response.statusCode !== 200) {
      response.resume();
      return;
    }
    this.response = response;
    const place = { after: this.cursor, afterChange: this.changeCursor };
    const session = this.history.session(this.feed, place, this.port);
    let rest = '';
    response.setEncoding('utf8').on('data', (text: string) => {
      const events = (rest + text).split('\n\n');
      rest = events.pop()!;
      for (const event of events) this.take(session, event);
    });
  }

  private take(session: Session, event: string): void {
    const data = /^data: (.*)$/m.exec(event)?.[1];
    const place = /^id: ((\d+)(?:-(\d+))?)$/m.exec(event);
    if (data === undefined || !place) return;
    this.record(session, JSON.parse(data) as Frame);
    this.lastEventId = place[1]!;
    this.cursor = Number(place[2]);
    const lastChange = Number(place[3] ?? 0);
    if (lastChange !== this.changeCursor) {
      session.events.push({ kind: 'cursor', of: 'event id', lastId: this.cursor, lastChange });
    }
    this.changeCursor = lastChange;
  }

  private record(session: Session, frame: Frame): void {
    switch (frame.type) {
      case 'chat_message':
        this.history.given(frame.id, this.port);
        session.events.push({ kind: 'message', ...this.history.told(frame) });
        break;
      case 'message_changed':
        session.events.push({ kind: 'changed', ...this.history.told(frame), change_id: frame.change_id });
        break;
      case 'gap': {
        const gap: Gap = { kind: 'gap', from: frame.from, to: frame.to, fetched: undefined };
        session.events.push(gap);
        this.gaps.push(fillGap(this.where, gap));
      }
    }
  }
}
