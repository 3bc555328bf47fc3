import type { ChatClient, ChatOptions, Snapshot } from '@chat-system/client';
import { html, nothing, render } from 'lit/html.js';
import type { ChatRoomEvents, RowActions } from './api.js';
import { AttributedElement } from './attributed-element.js';
import { copySelected } from './controllers/copying.js';
import { KeyboardInset } from './controllers/keyboard-inset.js';
import { RowFocus } from './controllers/row-focus.js';
import { SpokenLanguage } from './controllers/spoken-language.js';
import { showInTitle } from './controllers/title-count.js';
import { Times } from './messages/times.js';
import { RoomActions } from './room-actions.js';
import { SHEETS } from './styles/sheets.js';
import type { Texts } from './texts/de.js';
import { type Language, textsOf } from './texts/texts.js';
import { bubbleView } from './view/bubble.js';
import { fill } from './view/fill.js';
import { footerView } from './view/footer.js';
import { headerView } from './view/header.js';
import { listView } from './view/list.js';
import { listStateOf } from './view/list-state.js';
import { Visit } from './visit.js';

/**
 * `<chat-room>`: a chat on any page. Owns its attributes, properties and methods, and renders the state of a `Visit`; must not
 * know the protocol. README.md describes the element.
 */
export class ChatRoom extends AttributedElement {
  readonly root = this.attachShadow({ mode: 'open' });
  texts: Texts = textsOf('en');
  times = new Times('en');
  arePeopleShown = false;
  private language: Language = 'en';
  private visit: Visit | undefined;
  private isDrawing = false;
  /** The credentials may have changed: reconnect. */
  private isOther = false;
  private tokenSource: ChatOptions['getToken'];
  private moreActions: RowActions | undefined;
  private readonly actions = new RoomActions(this, () => this.visit);
  private readonly rows = new RowFocus({
    changed: () => this.draw(),
    toEnd: () => this.scrollToEnd(),
    focusComposer: () => this.focus(),
  });
  private readonly spoken = new SpokenLanguage(this, () => this.draw());
  private readonly keyboard = new KeyboardInset(this, () => this.root.querySelector('.room'));

  constructor() {
    super();
    this.root.adoptedStyleSheets = SHEETS;
  }

  /** Returns an access token, or a promise of one. */
  get getToken(): ChatOptions['getToken'] {
    return this.tokenSource;
  }

  set getToken(getToken: ChatOptions['getToken']) {
    this.isOther ||= getToken !== this.tokenSource;
    this.tokenSource = getToken;
    this.draw();
  }

  /** Actions that the page adds to messages. */
  get rowActions(): RowActions | undefined {
    return this.moreActions;
  }

  set rowActions(rowActions: RowActions | undefined) {
    this.moreActions = rowActions;
    this.draw();
  }

  /** The client, for anything the element does not offer; undefined before it connects. */
  get client(): ChatClient | undefined {
    return this.visit?.conversation.client;
  }

  get unread(): number {
    return this.visit?.unread.count ?? 0;
  }

  /** Opens the panel of `mode="bubble"`. */
  open(): void {
    this.toggle(true);
  }

  /** Closes the panel of `mode="bubble"`. */
  close(): void {
    this.toggle(false);
  }

  /** Connects again, after the event `token` found no listener, or after a refusal. */
  reconnect(): void {
    this.visit?.start();
  }

  /** Scrolls to the newest message. */
  scrollToEnd(): Promise<void> {
    return this.visit?.scroller.toEnd() ?? Promise.resolve();
  }

  /** Focuses the name field or the message box. */
  override focus(options?: FocusOptions): void {
    this.root.querySelector<HTMLElement>('#name, #text')?.focus(options);
  }

  connectedCallback(): void {
    this.adopt(['getToken', 'rowActions']);
    document.addEventListener('visibilitychange', this.looked);
    this.spoken.connected();
    this.keyboard.connected();
    this.drawNow();
    const isFree = document.activeElement === document.body || document.activeElement === null;
    if (this.hasAttribute('autofocus') && isFree) this.focus({ preventScroll: true });
  }

  disconnectedCallback(): void {
    document.removeEventListener('visibilitychange', this.looked);
    this.spoken.disconnected();
    this.keyboard.disconnected();
    // A detached element has no scroll position: keep the last one.
    this.visit?.scroller.attach(undefined);
    this.visit?.stop();
    this.showCount();
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (name === 'username' && now !== before) this.isOther = true;
    if (name === 'keep-title') this.showCount();
    this.draw();
  }

  /** Renders at most once per frame. */
  draw(): void {
    if (this.isDrawing || !this.isConnected) return;
    this.isDrawing = true;
    const draw = () => {
      if (this.isDrawing) this.drawNow();
    };
    // Hidden pages get no animation frames, but their title shows the unread count.
    if (document.hidden) setTimeout(draw, 250);
    else requestAnimationFrame(draw);
  }

  drawNow(): void {
    this.isDrawing = false;
    if (!this.isConnected) return;
    this.speak();
    this.settle();
    const { visit, root } = this;
    visit?.scroller.beforeDraw();
    render(visit ? this.view(visit) : nothing, root);
    const box = root.querySelector<HTMLTextAreaElement>('#text');
    if (box && visit) fill(box, visit.draft.text);
    visit?.scroller.attach(root.querySelector<HTMLElement>('.list') ?? undefined);
    visit?.scroller.afterDraw();
  }

  focusOn(field: 'name' | 'text'): void {
    this.drawNow();
    this.root.querySelector<HTMLElement>(`#${field}`)?.focus();
  }

  emit<Name extends keyof ChatRoomEvents>(name: Name, detail: ChatRoomEvents[Name]): void {
    if (name === 'unread') this.showCount();
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** Whether the messages may be visible to the user. */
  get isSeen(): boolean {
    return !document.hidden && (this.mode !== 'bubble' || this.isOpen);
  }

  /** Adds names and times to copied messages. */
  copied(event: ClipboardEvent): void {
    const { visit } = this;
    if (visit) copySelected(event, this.root, (id) => visit.conversation.log.find(id), this.times);
  }

  private readonly showCount = (): void => showInTitle(this, this.isConnected && !this.keepTitle ? this.unread : 0);

  private toggle(isOpen: boolean): void {
    if (this.isOpen === isOpen) return;
    this.isOpen = isOpen;
    this.drawNow();
    if (isOpen) this.focus();
    else this.root.querySelector<HTMLElement>('.bubble')?.focus();
    this.visit?.looked();
    this.emit('toggle', { isOpen });
  }

  private readonly looked = (): void => {
    this.visit?.looked();
    this.draw();
  };

  private speak(): void {
    const language = this.spoken.current;
    if (language === this.language) return;
    this.language = language;
    this.texts = textsOf(language);
    this.times = new Times(language);
  }

  /** Connects at first, and reconnects after a change of the server or the credentials. */
  private settle(): void {
    const server = (this.server || new URL(import.meta.url).origin).replace(/\/+$/, '');
    if (this.visit?.server !== server) {
      this.visit?.stop();
      this.visit = new Visit(server, this);
    }
    const { visit } = this;
    // Visitors who never open the panel cost the server nothing.
    if (this.mode === 'bubble' && !this.isOpen && !visit.isStarted && visit.names.chosen === '') return;
    const isOther = this.isOther || !visit.isStarted;
    this.isOther = false;
    if (isOther) visit.start();
  }

  private view(visit: Visit): unknown {
    const { texts } = this;
    // The element's own texts are left-to-right, whatever the direction of the page.
    const content = html`<div class="frame" lang=${this.language} dir="ltr">${this.roomView(visit)}</div>`;
    if (this.mode !== 'bubble') return content;
    const state = { isOpen: this.isOpen, unread: this.unread, heading: this.heading || texts.title };
    return bubbleView(content, state, { toggle: () => this.toggle(!this.isOpen), key: this.actions.panelKey }, texts);
  }

  private roomView(visit: Visit): unknown {
    const { texts, times, actions, rows } = this;
    const snapshot: Snapshot | undefined = visit.conversation.snapshot;
    const header = {
      heading: this.heading || texts.title,
      snapshot,
      stateText: visit.stateText,
      arePeopleShown: this.arePeopleShown,
      notifications: visit.notifications.state,
      canClose: this.mode === 'bubble',
    };
    return html`<section class="room" part="room" aria-label=${header.heading} @keydown=${actions.roomKey}>
      ${headerView(header, actions.header, texts)}
      ${listView(listStateOf(visit, rows, this.rowActions, texts), { ...actions.list, ...rows }, texts, times)}
      ${footerView(visit, actions, this.placeholder, texts)}
      <div class="unseen" role="status">${visit.announcer.text}</div>
    </section>`;
  }
}

if (!customElements.get('chat-room')) customElements.define('chat-room', ChatRoom);
