import { setTimeout as delay } from 'node:timers/promises';
import type { V2Out } from '../src/chat/protocol/frames';
import type { Feed, History } from './history';
import type { Role } from './identities';
import type { Random } from './random';
import type { Request } from './request';
import { V2Client } from './v2-client';
import type { Where } from './where';

/** Wait for an answer after which a connection is abandoned, in milliseconds; longer than any freeze. */
const ANSWER_MS = 6_000;
/** Maximum requests of one client in one run. */
const MAX_REQUESTS = 50_000;
/** Codes of refusals that are worth a retry. */
const TEMPORARY = ['SERVICE_UNAVAILABLE', 'RATE_LIMITED'];

/** State shared by the nemesis and the senders. */
export interface Circumstances {
  /** Whether writers send long texts, to fill a disk or the buffers of a stalled reader. */
  isVerbose: boolean;
  /** Messages and changes refused because they could not be stored. */
  unstored: number;
}

interface Draft {
  readonly clientId: string;
  readonly request: Request;
  sentAt: number;
  /** When to resend it after a refusal; undefined while an answer is outstanding. */
  againAt: number | undefined;
}

/** Sends requests; resends each under the same idempotency key until it gets a final answer. */
export abstract class Sender extends V2Client {
  private readonly drafts = new Map<string, Draft>();
  private count = 0;
  /** Unanswered frames of this connection. */
  private awaited = 0;
  private isFinishing = false;
  /** Types of requests that it has begun. */
  readonly tried = new Set<Request['type']>();
  /** The longest wait for an answer, abandoned waits included, in milliseconds. */
  longestWaitMs = 0;

  constructor(
    where: Where,
    random: Random,
    history: History,
    feed: Feed,
    /** Requests in flight. */
    private readonly window: number,
    protected readonly circumstances: Circumstances,
  ) {
    super(where, random, history, feed, 0);
  }

  override start(): void {
    super.start();
    void this.write();
  }

  /** Begins no further requests. */
  finish(): void {
    this.isFinishing = true;
  }

  get username(): string {
    return this.feed.username!;
  }

  get role(): Role {
    return this.feed.role;
  }

  /** Requests without an answer. */
  get unanswered(): string[] {
    return [...this.drafts.keys()].map((clientId) => `${this.username}#${clientId}`);
  }

  get isIdle(): boolean {
    return this.drafts.size === 0 && this.awaited === 0;
  }

  /** Begins up to `room` requests; returns the length of the pause after them, in units of 2 to 12 ms. */
  protected abstract act(room: number): number;
  protected acknowledged?(request: Request, id: number): void;

  protected begin(request: Request): void {
    // Every sender counts from 1: idempotency keys are unique per user only.
    const clientId = String(++this.count);
    this.tried.add(request.type);
    const draft = { clientId, request, sentAt: 0, againAt: undefined };
    this.drafts.set(clientId, draft);
    this.say(draft);
    if (this.random.chance(0.05)) this.say(draft);
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
      this.acknowledged?.(draft.request, frame.id);
      return;
    }
    if (frame.code === 'SERVICE_UNAVAILABLE') this.circumstances.unstored++;
    // Some refused messages are abandoned: they must not be stored.
    if (!TEMPORARY.includes(frame.code) || this.random.chance(0.3)) this.drafts.delete(draft.clientId);
    else draft.againAt = performance.now() + (frame.retry_after_ms ?? this.random.whole(50, 300));
  }

  private async write(): Promise<void> {
    while (!this.isStopped) {
      await delay(this.random.whole(2, 12));
      if (!this.isReady) continue;
      this.sayAgain();
      const room = this.window - this.drafts.size;
      if (this.isFinishing || room <= 0 || this.count >= MAX_REQUESTS) continue;
      const begun = this.act(room);
      await delay(begun * this.random.whole(2, 12));
    }
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
    if (!this.isReady || this.socket?.readyState !== this.socket?.OPEN) return;
    this.awaited++;
    draft.sentAt = performance.now();
    draft.againAt = undefined;
    this.request(draft.clientId, draft.request);
  }
}
