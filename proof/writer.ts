import { setTimeout as delay } from 'node:timers/promises';
import type { V2Out } from '../src/chat/protocol/frames';
import type { Feed, History } from './history';
import type { Random } from './random';
import { V2Client } from './v2-client';
import type { Where } from './where';

/** Silence after which a connection is given up, in milliseconds; longer than any freeze. */
const ANSWER_MS = 6_000;
/** Maximum messages of one writer in one run. */
const MAX_MESSAGES = 50_000;
const LETTERS = ['a', 'e', 'n', ' ', 'ß', 'ü', 'Ж', '語', '🙂'];

/** State shared by the nemesis and the writers. */
export interface Circumstances {
  /** Whether writers send long texts, to fill a disk or the buffers of a stalled reader. */
  isVerbose: boolean;
  /** Messages refused because they could not be stored. */
  unstored: number;
}

interface Draft {
  readonly clientId: string;
  readonly message: string;
  sentAt: number;
  /** When to resend it after a refusal; undefined while an answer is outstanding. */
  againAt: number | undefined;
}

/** Sends messages; resends each under the same idempotency key until it is acknowledged. */
export class Writer extends V2Client {
  private readonly drafts = new Map<string, Draft>();
  private count = 0;
  /** Unanswered frames of this connection. */
  private awaited = 0;
  private isFinishing = false;
  /** The longest wait for an answer, abandoned waits included, in milliseconds. */
  longestWaitMs = 0;

  constructor(
    where: Where,
    random: Random,
    history: History,
    feed: Feed,
    /** Messages in flight. */
    private readonly window: number,
    private readonly circumstances: Circumstances,
  ) {
    super(where, random, history, feed, 0);
  }

  override start(): void {
    super.start();
    void this.write();
  }

  /** Starts no further messages. */
  finish(): void {
    this.isFinishing = true;
  }

  get username(): string {
    return this.feed.username!;
  }

  /** Messages without an answer. */
  get unanswered(): string[] {
    return [...this.drafts.keys()].map((clientId) => `${this.feed.username!}#${clientId}`);
  }

  get isIdle(): boolean {
    return this.drafts.size === 0 && this.awaited === 0;
  }

  protected override closed(): void {
    super.closed();
    this.awaited = 0;
  }

  protected override welcomed(): void {
    for (const draft of this.drafts.values()) this.say(draft);
  }

  protected override answered(frame: V2Out['ack'] | V2Out['error']): void {
    this.awaited--;
    const draft = this.drafts.get(frame.client_id ?? '');
    if (!draft) return;
    this.waited(draft);
    if (frame.type === 'ack') {
      this.drafts.delete(draft.clientId);
      return;
    }
    if (frame.code === 'SERVICE_UNAVAILABLE') this.circumstances.unstored++;
    // Some refused messages are abandoned: they must not be stored.
    if (this.random.chance(0.3)) this.drafts.delete(draft.clientId);
    else draft.againAt = performance.now() + (frame.retry_after_ms ?? this.random.whole(50, 300));
  }

  private async write(): Promise<void> {
    while (!this.isStopped) {
      await delay(this.random.whole(2, 12));
      if (!this.isReady) continue;
      this.sayAgain();
      const room = this.window - this.drafts.size;
      if (this.isFinishing || room <= 0 || this.count >= MAX_MESSAGES) continue;
      const burst = this.random.whole(1, room);
      for (let i = 0; i < burst; i++) this.sayNew();
      await delay(burst * this.random.whole(2, 12));
    }
  }

  private sayNew(): void {
    // The same for every writer: idempotency keys are unique per user only.
    const clientId = String(++this.count);
    const draft = { clientId, message: this.text(), sentAt: 0, againAt: undefined };
    this.drafts.set(clientId, draft);
    this.say(draft);
    if (this.random.chance(0.05)) this.say(draft);
  }

  private sayAgain(): void {
    const now = performance.now();
    for (const draft of this.drafts.values()) {
      if (draft.againAt !== undefined && draft.againAt <= now) this.say(draft);
      else if (draft.againAt === undefined && draft.sentAt + ANSWER_MS < now) {
        this.waited(draft);
        this.cut();
      }
    }
  }

  private waited({ sentAt, againAt }: Draft): void {
    if (sentAt > 0 && againAt === undefined)
      this.longestWaitMs = Math.max(this.longestWaitMs, performance.now() - sentAt);
  }

  private say(draft: Draft): void {
    if (!this.session || this.socket?.readyState !== this.socket?.OPEN) return;
    this.awaited++;
    draft.sentAt = performance.now();
    draft.againAt = undefined;
    this.history.sent(this.session, draft.clientId, draft.message);
    this.send({ type: 'chat_message', client_id: draft.clientId, message: draft.message });
  }

  private text(): string {
    const long = this.circumstances.isVerbose ? 1 : 0.03;
    const length = this.random.chance(long) ? this.random.whole(1_000, 3_800) : this.random.whole(0, 120);
    const padding = this.random.pick(LETTERS).repeat(length);
    return `${this.feed.username!} ${this.count} ${padding}.`;
  }
}
