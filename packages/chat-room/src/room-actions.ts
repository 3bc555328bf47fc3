import type { ChatRoomEvents, Message } from './api.js';
import { idOf } from './controllers/row-focus.js';
import { lengthOf, quoteOf } from './messages/plain-text.js';
import type { Texts } from './texts/de.js';
import type { Visit } from './visit.js';

/** The part of the element that actions use. */
export interface RoomElement {
  readonly root: ShadowRoot;
  readonly texts: Texts;
  arePeopleShown: boolean;
  draw(): void;
  drawNow(): void;
  focus(): void;
  focusOn(field: 'name' | 'text'): void;
  close(): void;
  copied(event: ClipboardEvent): void;
  emit<Name extends keyof ChatRoomEvents>(name: Name, detail: ChatRoomEvents[Name]): void;
}

/** Handles the user's buttons and keys: calls the `Visit`, and moves the focus to where the user continues. */
export class RoomActions {
  constructor(
    private readonly room: RoomElement,
    private readonly current: () => Visit | undefined,
  ) {}

  readonly header = {
    togglePeople: (): void => {
      this.room.arePeopleShown = !this.room.arePeopleShown;
      this.room.drawNow();
      if (this.room.arePeopleShown) this.find('#people')?.focus();
    },
    toggleNotifications: (): void =>
      void this.current()
        ?.notifications.toggle()
        .then(() => this.room.draw()),
    close: (): void => this.room.close(),
  };

  readonly list = {
    scroll: (): void => this.current()?.scroller.scrolled(),
    click: (event: UIEvent): void => this.clicked(event),
    copy: (event: ClipboardEvent): void => this.room.copied(event),
    toEnd: (): void => {
      void this.current()?.scroller.toEnd();
      this.room.focus();
    },
    again: (): void => void this.current()?.conversation.load('older'),
  };

  readonly composer = {
    write: (text: string): void => {
      const visit = this.current();
      visit?.draft.write(text);
      if (text.trim() !== '' && visit?.draft.editing === undefined) {
        visit?.writes();
        visit?.conversation.client?.typing();
      }
      this.room.draw();
    },
    submit: (): void => this.submit(),
    key: (event: KeyboardEvent): void => this.composerKey(event),
    cancelEdit: (): void => {
      this.current()?.draft.done();
      this.room.focusOn('text');
    },
    changeName: (): void => {
      this.current()?.identity.ask();
      this.room.focusOn('name');
    },
  };

  readonly name = {
    choose: (name: string): void => {
      const visit = this.current();
      const isTaken = visit?.identity.choose(name, this.room.texts, visit.conversation.limits.max_username_length);
      this.room.focusOn(isTaken ? 'text' : 'name');
    },
    write: (name: string): void => {
      const identity = this.current()?.identity;
      if (identity) Object.assign(identity, { value: name, problem: '' });
      this.room.draw();
    },
    cancel: (): void => {
      this.current()?.identity.cancel();
      this.room.focusOn('text');
    },
  };

  readonly panelKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.defaultPrevented) this.room.close();
  };

  readonly roomKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !this.room.arePeopleShown) return;
    event.preventDefault();
    this.header.togglePeople();
    this.find('.count')?.focus();
  };

  private composerKey(event: KeyboardEvent): void {
    const visit = this.current();
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- Safari reports the Enter that ends a composition by it alone
    if (!visit || event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === 'Escape' && visit.draft.editing !== undefined) {
      event.preventDefault();
      this.composer.cancelEdit();
    } else if (event.key === 'ArrowUp' && visit.draft.text === '') {
      const message = visit.conversation.log.findLast((candidate) => visit.permissions.canEdit(candidate));
      if (!message) return;
      event.preventDefault();
      this.edit(message);
    }
  }

  private submit(): void {
    const visit = this.current();
    if (!visit) return;
    const { draft, conversation } = visit;
    const text = draft.text.trimEnd();
    const max = conversation.limits.max_message_length;
    if (text.trim() === '') return this.room.focus();
    if (lengthOf(text) > max) draft.problem = this.room.texts.messageTooLong(max);
    else {
      if (draft.editing !== undefined) conversation.edit(draft.editing, text);
      else this.send(visit, text);
      draft.done();
    }
    this.room.focusOn('text');
  }

  private send(visit: Visit, text: string): void {
    visit.writes();
    visit.conversation.send(text);
    visit.unread.answered();
    void visit.scroller.toEnd();
  }

  private edit({ id, text }: Message): void {
    this.current()?.draft.edit(id, text);
    this.room.focusOn('text');
  }

  private clicked(event: UIEvent): void {
    const visit = this.current();
    const button = (event.target as Element).closest('button');
    const { action, retry, discard } = button?.dataset ?? {};
    if (!visit || !button) return;
    if (retry !== undefined) {
      const again = visit.conversation.sending.take(retry);
      if (again) this.send(visit, again.text);
    }
    if (discard !== undefined) visit.conversation.sending.take(discard);
    // The button disappears and would take the keyboard user's focus with it; a tap must not open the on-screen keyboard.
    if ((retry ?? discard) && event.detail === 0) this.room.focus();
    const message = visit.conversation.log.find(idOf(event) ?? 0);
    if (action !== undefined && message) this.act(visit, action, message);
    this.room.draw();
  }

  private act(visit: Visit, action: string, message: Message): void {
    if (action !== 'delete') visit.actions.forget();
    switch (action) {
      case 'reply':
        visit.draft.write(quoteOf(message) + visit.draft.text);
        return this.room.focusOn('text');
      case 'copy':
        return void navigator.clipboard.writeText(message.text).catch(() => undefined);
      case 'edit':
        return this.edit(message);
      case 'delete':
        if (!visit.actions.confirms(message.id)) return;
        visit.conversation.delete(message.id);
        return this.find(`[data-id='${message.id}']`)?.focus();
      default:
        this.room.emit('rowaction', { name: action, message });
    }
  }

  private find(selector: string): HTMLElement | null {
    return this.room.root.querySelector<HTMLElement>(selector);
  }
}
