import type { ChatOptions, Rejection } from '@chat-system/client';
import type { ChatRoomEvents, Message, Token } from './api.js';
import { Conversation } from './connection/conversation.js';
import { Announcer } from './controllers/announcer.js';
import { Draft } from './controllers/draft.js';
import { Identity } from './controllers/identity.js';
import { Names } from './controllers/names.js';
import { Notifications } from './controllers/notifications.js';
import { Permissions } from './controllers/permissions.js';
import { RowActionList } from './controllers/row-actions.js';
import { Scroller } from './controllers/scroller.js';
import { Unread } from './controllers/unread.js';
import { OwnMessages } from './memory/own-messages.js';
import { seatOf } from './memory/seats.js';
import { Memory } from './memory/storage.js';
import type { Times } from './messages/times.js';
import type { Texts } from './texts/de.js';
import { errorText, isAboutName } from './view/error-text.js';
import { stateText } from './view/state-text.js';

/** Debounce of announced connection states, in milliseconds: shorter states are not read out. */
const STEADY_MS = 2_000;

/** The part of the element that a visit uses. */
export interface VisitHost {
  readonly id: string;
  readonly isConnected: boolean;
  readonly username: string;
  readonly getToken: ChatOptions['getToken'];
  readonly isQuiet: boolean;
  readonly texts: Texts;
  readonly times: Times;
  readonly heading: string;
  /** Whether the chat may be visible to the user: page and panel are open. */
  readonly isSeen: boolean;
  emit<Name extends keyof ChatRoomEvents>(name: Name, detail: ChatRoomEvents[Name]): void;
  draw(): void;
  focusOn(field: 'name' | 'text'): void;
}

/** Owns the state of one server's chat while the element shows it. Must not know how it is rendered. */
export class Visit {
  readonly draft: Draft;
  readonly names: Names;
  readonly identity: Identity;
  readonly unread: Unread;
  readonly notifications: Notifications;
  readonly conversation: Conversation;
  readonly permissions: Permissions;
  readonly actions: RowActionList;
  readonly scroller: Scroller;
  readonly announcer: Announcer;
  private readonly own: OwnMessages;
  private state = '';
  private wasLive = false;
  private connectedAs: string | undefined;
  private stateTimer: ReturnType<typeof setTimeout> | undefined;
  private watching: (() => void)[] = [];
  private clock: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly server: string,
    private readonly host: VisitHost,
  ) {
    const kept = new Memory('localStorage', server);
    this.own = new OwnMessages(kept);
    const { own } = this;
    const draw = () => host.draw();
    this.draft = new Draft(new Memory('sessionStorage', seatOf(host, server)));
    this.names = new Names(kept, () => this.renamed());
    this.identity = new Identity(host, this, this.names);
    this.unread = new Unread(kept, (count) => host.emit('unread', { count }));
    this.notifications = new Notifications(kept);
    this.conversation = new Conversation(own, {
      changed: () => this.changed(),
      arrived: (message) => this.arrived(message),
      refused: (rejection) => this.refused(rejection),
    });
    const { conversation } = this;
    this.permissions = new Permissions(own, () => conversation.snapshot);
    this.actions = new RowActionList(this.permissions);
    this.announcer = new Announcer(() => host.texts, draw);
    this.scroller = new Scroller(conversation, { changed: draw, followed: () => this.looked() });
  }

  get isStarted(): boolean {
    return this.connectedAs !== undefined;
  }

  /** Connects, or reconnects as another user. */
  start(): void {
    const credentials = this.identity.credentials();
    this.connectedAs = credentials.username ?? '';
    this.watch();
    this.conversation.connect(this.server, credentials);
  }

  /** Called before the user writes: reconnects if the name is not yet known to the server. */
  writes(): void {
    if (this.identity.reveal()) this.start();
  }

  stop(): void {
    for (const end of this.watching.splice(0)) end();
    this.announcer.end();
    clearTimeout(this.stateTimer);
    clearTimeout(this.clock);
    this.connectedAs = undefined;
    this.conversation.disconnect();
  }

  /** Watches other tabs and elements of the site. */
  private watch(): void {
    if (this.watching.length === 0) this.watching = [this.names.watch(), this.own.watch(() => this.host.draw())];
  }

  /** The user may have seen the end of the chat. */
  looked(): void {
    if (this.host.isSeen && this.scroller.isFollowing && this.wasLive) this.unread.read(this.conversation.log.newest);
    this.host.draw();
  }

  /** Whether the user may write at all. */
  get canWrite(): boolean {
    const { snapshot } = this.conversation;
    return snapshot?.can?.write !== false && !(snapshot?.state === 'ended');
  }

  get stateText(): string {
    const { snapshot, completeUpTo } = this.conversation;
    return stateText(snapshot && { ...snapshot, completeUpTo }, this.host.texts, this.host.times);
  }

  /** Whether the server has authenticated the user. On such servers, names of guests begin with `~`. */
  get isKnown(): boolean {
    const { can, username } = this.conversation.snapshot ?? {};
    return can !== undefined && Boolean(username) && !username!.startsWith('~');
  }

  askToken(): Token {
    let given: Token;
    const provide = (token: Token): void => {
      given = token;
    };
    this.host.emit('token', { provide });
    return given;
  }

  private renamed(): void {
    const { identity } = this;
    if (this.isStarted && identity.isFree && identity.name !== this.connectedAs) {
      identity.cancel();
      this.start();
      this.host.emit('namechange', { name: identity.name });
    }
    this.host.draw();
  }

  private arrived(message: Message): void {
    const { host, unread } = this;
    // The initial backlog; later connections, even under another name, resume after it.
    if (!this.wasLive) return;
    const isOwn = this.permissions.isOwn(message);
    unread.arrived(message.id, isOwn, host.isSeen && this.scroller.isFollowing);
    host.emit('message', { message, isOwn });
    if (isOwn) return;
    if (host.isSeen) this.announcer.message(message.username, message.text);
    this.notifications.show(host.heading || host.texts.title, host.texts.said(message.username, message.text));
  }

  private refused({ entry, error }: Rejection): void {
    const { draft, host } = this;
    if (entry.type !== 'chat_message') {
      const message = this.conversation.log.find(entry.id);
      // Restores the text, unless another edit is open, or the message was deleted and a new one is being written.
      if (entry.type === 'edit' && draft.editing === undefined) {
        if (message?.deletedAt === undefined) draft.edit(entry.id, entry.message);
        else if (draft.text === '') draft.write(entry.message);
      }
      draft.problem = host.texts.changeFailed(errorText(error, host.texts));
    } else if (isAboutName(error) && this.identity.isFree) {
      const refused = this.conversation.sending.take(entry.client_id);
      if (refused && this.draft.text === '') this.draft.write(refused.text);
      this.refuseName(error);
    }
  }

  private refuseName(error: Error): void {
    this.identity.refused(error, this.host.texts);
    this.start();
    this.host.focusOn('name');
  }

  private changed(): void {
    const { snapshot } = this.conversation;
    const state = snapshot?.state ?? '';
    if (state !== this.state) this.moved(state);
    clearTimeout(this.clock);
    if (snapshot?.sendBlockedUntil !== undefined || snapshot?.retryAt !== undefined) {
      this.clock = setTimeout(() => this.changed(), 1_000);
    }
    this.host.draw();
  }

  private moved(state: string): void {
    const { snapshot, log, completeUpTo } = this.conversation;
    this.state = state;
    if (state === 'live') {
      if (!this.wasLive) this.unread.opened(log.newest);
      this.wasLive = true;
      this.conversation.hasFailed = false;
      void this.permissions.learn(this.server).then(() => this.host.draw());
    }
    this.host.emit('statechange', { state, completeUpTo });
    const reason = snapshot?.reason;
    if (state === 'ended' && reason && isAboutName(reason) && this.identity.isFree) return this.refuseName(reason);
    clearTimeout(this.stateTimer);
    this.stateTimer = setTimeout(() => this.announcer.say(this.stateText), STEADY_MS);
  }
}
