import type { V2Out } from '../src/chat/protocol/frames';
import type { Event, Feed, Gap, History, Session } from './history';
import { tokenOf } from './identities';
import type { Random } from './random';
import { fillGap } from './rest';
import type { Request } from './request';
import { SocketClient } from './socket-client';
import type { Where } from './where';

/** A v2 client that resumes from its cursor and records every frame. */
export abstract class V2Client extends SocketClient {
  /** Its cursor; undefined until `welcome`. */
  cursor: number | undefined;
  /** The newest change it has; undefined until known. */
  changeCursor: number | undefined;
  private epoch: string | undefined;
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
    // Clients that begin with the first message also begin with the first change.
    this.changeCursor = startAt;
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
    const { changeCursor: afterChange, epoch } = this;
    const { username, role } = this.feed;
    const after = this.cursor ?? this.startAt;
    const token = username === undefined ? undefined : tokenOf(username, role);
    this.session = this.history.session(this.feed, { after, afterChange }, this.port);
    this.send({ type: 'hello', after, after_change: afterChange, epoch, username, token });
  }

  protected override closed(): void {
    super.closed();
    this.session = undefined;
  }

  protected send(frame: object): void {
    this.socket?.send(JSON.stringify(frame));
  }

  /** Sends a request under an idempotency key, and records it. */
  protected request(clientId: string, request: Request): void {
    if (request.type === 'chat_message') this.history.sent(this.session!, clientId, request.message);
    else this.history.asked(this.session!, clientId, request);
    this.send({ client_id: clientId, ...request });
  }

  /** Hooks of subclasses. */
  protected welcomed?(): void;
  protected answered?(frame: V2Out['ack'] | V2Out['error']): void;

  protected received(frame: V2Out[keyof V2Out]): void {
    const { session } = this;
    if (!session) return;
    if (frame.type !== 'error') session.servedAt = performance.now();
    switch (frame.type) {
      case 'welcome':
        session.lastId = frame.last_id;
        session.welcomedAt = session.servedAt;
        this.cursor ??= session.after ?? frame.last_id;
        this.epoch = frame.epoch;
        // `pong` has the newest change, which `welcome` lacks.
        if (this.changeCursor === undefined) this.send({ type: 'ping' });
        this.welcomed?.();
        break;
      case 'chat_message':
        this.history.given(frame.id, this.port);
        this.cursor = frame.id;
        session.events.push({ kind: 'message', ...this.history.told(frame) });
        break;
      case 'message_changed':
        if (this.changeCursor !== undefined) this.changeCursor = frame.change_id;
        session.events.push({ kind: 'changed', ...this.history.told(frame), change_id: frame.change_id });
        break;
      case 'ack':
        session.events.push(acknowledgement(frame));
        if (frame.change_id === undefined) this.history.given(frame.id);
        this.answered?.(frame);
        break;
      case 'error':
        this.refused(session, frame);
        break;
      case 'gap': {
        const gap: Gap = { kind: 'gap', from: frame.from, to: frame.to, fetched: undefined };
        session.events.push(gap);
        this.cursor = gap.to;
        this.gaps.push(fillGap(this.where, gap));
        break;
      }
      case 'replayed':
      case 'pong': {
        const { type, last_id, last_change_id } = frame;
        session.events.push({ kind: 'cursor', of: type, lastId: last_id, lastChange: last_change_id });
        this.changeCursor = last_change_id;
        break;
      }
      case 'going_away':
        this.comeBackAfter = frame.reconnect_after_ms;
        break;
    }
  }

  private refused(session: Session, frame: V2Out['error']): void {
    // The token could not be checked: no `welcome` will follow.
    if (session.lastId === undefined) {
      this.comeBackAfter = frame.retry_after_ms;
      this.cut();
      return;
    }
    session.events.push({ kind: 'refused', clientId: frame.client_id, code: frame.code });
    this.answered?.(frame);
  }
}

function acknowledgement({ client_id: clientId, id, change_id: changeId, timestamp }: V2Out['ack']): Event {
  const stored = { clientId, id, timestamp, at: performance.now() };
  return changeId === undefined ? { kind: 'ack', ...stored } : { kind: 'done', ...stored, changeId };
}
