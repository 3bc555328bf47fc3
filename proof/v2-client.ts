import type { V2Out } from '../src/chat/protocol/frames';
import type { Feed, Gap, History, Session } from './history';
import type { Random } from './random';
import { fillGap } from './rest';
import { SocketClient } from './socket-client';
import type { Where } from './where';

/** A v2 client that resumes from its cursor and records every frame. */
export abstract class V2Client extends SocketClient {
  /** Its cursor; undefined until `welcome`. */
  cursor: number | undefined;
  protected session: Session | undefined;
  private readonly gaps: Promise<void>[] = [];

  constructor(
    where: Where,
    random: Random,
    protected readonly history: History,
    protected readonly feed: Feed,
    private readonly startAt: number | undefined,
  ) {
    super(where, random, ['chat.v2']);
  }

  /** Whether it has its `welcome` and may send. */
  get isReady(): boolean {
    return this.session?.lastId !== undefined;
  }

  /** Resolves when all gaps are fetched. */
  async gapsFilled(): Promise<void> {
    await Promise.all(this.gaps);
  }

  protected opened(): void {
    const after = this.cursor ?? this.startAt;
    this.session = this.history.session(this.feed, after, this.port);
    this.send({ type: 'hello', after, username: this.feed.username });
  }

  protected override closed(): void {
    super.closed();
    this.session = undefined;
  }

  protected send(frame: object): void {
    this.socket?.send(JSON.stringify(frame));
  }

  /** Hooks of subclasses. */
  protected welcomed?(): void;
  protected answered?(frame: V2Out['ack'] | V2Out['error']): void;

  protected received(frame: V2Out[keyof V2Out]): void {
    const { session } = this;
    if (!session) return;
    switch (frame.type) {
      case 'welcome':
        session.lastId = frame.last_id;
        this.cursor ??= session.after ?? frame.last_id;
        this.welcomed?.();
        break;
      case 'chat_message': {
        const { id, username, timestamp } = frame;
        this.history.given(id, this.port);
        this.cursor = id;
        const message = this.history.shared(frame.message);
        session.events.push({ kind: 'message', id, username, message, timestamp });
        break;
      }
      case 'ack':
        this.history.given(frame.id);
        session.events.push({ kind: 'ack', clientId: frame.client_id, id: frame.id, timestamp: frame.timestamp });
        this.answered?.(frame);
        break;
      case 'error':
        session.events.push({ kind: 'refused', clientId: frame.client_id, code: frame.code });
        this.answered?.(frame);
        break;
      case 'gap': {
        const gap: Gap = { kind: 'gap', from: frame.from, to: frame.to, fetched: undefined };
        session.events.push(gap);
        this.cursor = gap.to;
        this.gaps.push(fillGap(this.where, gap));
        break;
      }
      case 'replayed':
      case 'pong':
        session.events.push({ kind: 'cursor', of: frame.type, lastId: frame.last_id });
        break;
      case 'going_away':
        this.comeBackAfter = frame.reconnect_after_ms;
        break;
    }
  }
}
