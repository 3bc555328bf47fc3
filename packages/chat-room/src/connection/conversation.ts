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

/** Messages loaded when the chat opens, and per page of the history. */
const PAGE = 100;
/** Default limits of a server, in characters, until `welcome` states the actual ones. */
const USUAL_LIMITS = { max_username_length: 50, max_message_length: 4_000 };

export interface ConversationEvents {
  /** The state changed and must be rendered. */
  changed(): void;
  /** A message arrived while connected, from any user. */
  arrived(message: Message): void;
  /** A message, an edit or a deletion was refused. */
  refused(rejection: Rejection): void;
}

/** Owns the client and the state of the chat. Must not know how it is rendered. */
export class Conversation {
  readonly log = new MessageLog();
  readonly sending = new Sending();
  readonly typists = new Typists(() => this.events.changed());
  client: ChatClient | undefined;
  /** Position of the last client, from which the next one resumes. */
  private place: Place | undefined;
  /** Watermark of earlier clients, which stays true under another name. */
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

  /** Watermark: everything acknowledged to any client before it has been shown here; undefined before the first connection. */
  get completeUpTo(): number | undefined {
    return this.snapshot?.completeUpTo ?? this.completeBefore;
  }

  get limits(): { readonly max_username_length: number; readonly max_message_length: number } {
    return this.snapshot?.limits ?? USUAL_LIMITS;
  }

  /** Connects, or reconnects as another user, and resumes from the last position. */
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

  /** Sends in the background; `sending` tracks the outcome. */
  send(text: string): void {
    this.client?.send(text).catch((error: unknown) => {
      // A send over the limit enters no queue and emits no event.
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

  /** Fetches the page before or after the messages held, or the newest one. During another load, only `newest` waits. */
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
