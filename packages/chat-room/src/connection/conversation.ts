import {
  ChatClient,
  ChatError,
  type ChatOptions,
  type Place,
  type Rejection,
  type Snapshot,
} from '@chat-system/client';
import { history } from '@chat-system/client/history';
import { persist } from '@chat-system/client/outbox';
import type { OwnMessages } from '../memory/own-messages.js';
import type { Message } from '../api.js';
import { MessageLog } from '../messages/message-log.js';
import { received } from './received.js';
import { Sending } from './sending.js';
import { Typists } from './typists.js';

/** Messages that are there when the chat opens, and per page of the history. */
const PAGE = 100;
/** Of the server as it is delivered, in characters; until it has said its own. */
const USUAL_LIMITS = { max_username_length: 50, max_message_length: 4_000 };

export interface ConversationEvents {
  /** Something is another than before: draw it. */
  changed(): void;
  /** A message of anybody, while connected. */
  arrived(message: Message): void;
  /** A message, an edit or a deletion was refused. */
  refused(rejection: Rejection): void;
}

/** Owns the client and what is known of the chat. Must not know how it is shown. */
export class Conversation {
  readonly log = new MessageLog();
  readonly sending = new Sending();
  readonly typists = new Typists(() => this.events.changed());
  client: ChatClient | undefined;
  /** Of the last connection: what changed since then is told to the next one. */
  private place: Place | undefined;
  /** Of the connections before this one: what it said is as true under another name. */
  private completeBefore: number | undefined;
  /** The page that is being fetched. */
  private loading: Promise<void> | undefined;
  hasFailed = false;
  private ends: (() => void)[] = [];

  constructor(
    private readonly own: OwnMessages,
    private readonly events: ConversationEvents,
  ) {}

  get snapshot(): Snapshot | undefined {
    return this.client?.getSnapshot();
  }

  /** Everything that was acknowledged to anybody before was shown here; undefined before the first connection. */
  get completeUpTo(): number | undefined {
    return this.snapshot?.completeUpTo ?? this.completeBefore;
  }

  get limits(): { readonly max_username_length: number; readonly max_message_length: number } {
    return this.snapshot?.limits ?? USUAL_LIMITS;
  }

  /** Connects, or connects anew as somebody else, and goes on where it was. */
  connect(server: string, options: Pick<ChatOptions, 'username' | 'getToken'>): void {
    this.disconnect();
    const client = new ChatClient(server, { ...options, from: this.place, backlog: PAGE, keep: 1 });
    void persist(client, 'session', { name: `chat-room ${server} outbox` });
    this.client = client;
    const message = (wire: Parameters<typeof received>[0]) => this.arrived(received(wire));
    this.ends = [
      client.on('message', message),
      client.on('change', (wire) => {
        this.log.replace(received(wire));
        this.events.changed();
      }),
      client.on('reset', ({ after }) => this.reset(after)),
      client.on('sent', (receipt) => {
        const { id, timestamp, changeId } = receipt;
        if (changeId === undefined) {
          this.own.add(id, Date.parse(timestamp));
          this.sending.sent(receipt, id <= this.log.newest);
        }
        this.events.changed();
      }),
      client.on('rejected', (rejection) => {
        this.sending.rejected(rejection);
        this.events.refused(rejection);
        this.events.changed();
      }),
      client.on('typing', ({ username }) => this.typists.add(username)),
      client.subscribe(() => {
        this.sending.update(client.getSnapshot());
        this.events.changed();
      }),
    ];
  }

  disconnect(): void {
    for (const end of this.ends) end();
    this.ends = [];
    this.typists.clear();
    this.completeBefore = this.completeUpTo;
    void this.client?.close();
    if (this.client?.place.id !== undefined) this.place = this.client.place as Place;
    this.client = undefined;
  }

  /** Sends in the background: what becomes of it is in `sending`. */
  send(text: string): void {
    this.client?.send(text).catch((error: unknown) => {
      // What the client did not take is in no queue, and in no event.
      if (error instanceof ChatError && error.code === 'QUEUE_FULL') this.sending.refuse(text, error);
      this.events.changed();
    });
  }

  edit(id: number, text: string): void {
    this.client?.edit(id, text).catch(() => undefined);
  }

  delete(id: number): void {
    this.client?.delete(id).catch(() => undefined);
  }

  get isLoading(): boolean {
    return this.loading !== undefined;
  }

  /** Fetches what stands in front of what is held, or behind it: one page at a time. The newest one is not asked for again by itself. */
  async load(direction: 'older' | 'newer' | 'newest'): Promise<void> {
    if (direction === 'newest') await this.loading;
    if (this.loading || !this.client) return;
    this.loading = this.fetch(this.client, direction);
    this.events.changed();
    await this.loading;
  }

  private async fetch(client: ChatClient, direction: 'older' | 'newer' | 'newest'): Promise<void> {
    const { log } = this;
    const before = { older: log.first?.id, newer: (log.last?.id ?? 0) + PAGE + 1, newest: undefined }[direction];
    try {
      const page = await history(client, { limit: PAGE, ...(before === undefined ? {} : { before }) });
      if (client !== this.client) return;
      if (direction === 'newest') log.clear(log.newest);
      log.merge(page.map(received));
      this.hasFailed = false;
    } catch {
      this.hasFailed = true;
    } finally {
      this.loading = undefined;
      this.events.changed();
    }
  }

  private arrived(message: Message): void {
    this.log.append(message);
    this.sending.arrived(message, this.snapshot?.username);
    this.typists.remove(message.username);
    this.events.arrived(message);
    this.events.changed();
  }

  private reset(after: number): void {
    this.log.cut(after);
    this.completeBefore = undefined;
    this.sending.reset();
    this.events.changed();
  }
}
