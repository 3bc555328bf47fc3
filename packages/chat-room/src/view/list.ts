import { html, nothing, type TemplateResult } from 'lit/html.js';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Row } from '../messages/rows.js';
import type { Times } from '../messages/times.js';
import type { Texts } from '../texts/de.js';
import { type RowState, rowView } from './row.js';

export interface ListState {
  readonly rows: readonly Row[];
  readonly stateOf: (row: Row) => RowState;
  readonly unsent: unknown;
  readonly isLoading: boolean;
  readonly hasFailed: boolean;
  /** The connection has ended: no more messages will arrive. */
  readonly isOver: boolean;
  readonly isAtBeginning: boolean;
  readonly isEmpty: boolean;
  readonly unread: number;
  readonly isFollowing: boolean;
}

export interface ListActions {
  readonly scroll: () => void;
  readonly key: (event: KeyboardEvent) => void;
  readonly focusin: (event: Event) => void;
  readonly focusout: (event: FocusEvent) => void;
  readonly pointer: (event: PointerEvent) => void;
  readonly click: (event: UIEvent) => void;
  readonly copy: (event: ClipboardEvent) => void;
  readonly toEnd: () => void;
  readonly again: () => void;
}

/** The messages, and the way back to the newest one. */
export function listView(state: ListState, actions: ListActions, texts: Texts, times: Times): TemplateResult {
  return html`<div class="stage">
    <div
      class="list"
      part="list"
      role="log"
      aria-live="off"
      aria-label=${texts.messages}
      aria-busy=${state.isLoading}
      tabindex=${state.rows.length === 0 ? 0 : nothing}
      @scroll=${actions.scroll}
      @keydown=${actions.key}
      @focusin=${actions.focusin}
      @focusout=${actions.focusout}
      @pointerover=${actions.pointer}
      @pointerleave=${actions.pointer}
      @pointerup=${actions.focusin}
      @click=${actions.click}
      @copy=${actions.copy}
    >
      ${beginning(state, actions, texts)}
      ${repeat(
        state.rows,
        ({ message }) => message.id,
        (row) => {
          const own = state.stateOf(row);
          const { message, beginsDay, isFirstNew, beginsGroup } = row;
          const { isOwn, isTabStop, isChanging, actions: offered } = own;
          // The name of a day changes at midnight, from today to yesterday.
          const day = beginsDay && times.dayName(message.time);
          const parts = [message, day, isFirstNew, beginsGroup, isOwn, isTabStop, isChanging, offered, texts];
          return guard(parts, () => rowView(row, own, texts, times));
        },
      )}
      ${state.unsent}
    </div>
    ${state.isFollowing ? nothing : jump(state, actions, texts)}
  </div>`;
}

function beginning(state: ListState, { again }: ListActions, texts: Texts): unknown {
  if (state.hasFailed) {
    return html`<div class="note">
      ${texts.loadFailed} <button type="button" @click=${again}>${texts.again}</button>
    </div>`;
  }
  if (state.isEmpty) return html`<div class="note"><slot name="empty">${texts.empty}</slot></div>`;
  if (state.isAtBeginning) return html`<div class="note">${texts.beginning}</div>`;
  if (state.isOver) return nothing;
  return html`<div class="note">${state.rows.length === 0 ? texts.loading : texts.loadingOlder}</div>`;
}

function jump({ unread }: ListState, { toEnd }: ListActions, texts: Texts): TemplateResult {
  return html`<button
    type="button"
    class="jump ${unread > 0 ? 'some' : ''}"
    part="jump"
    aria-label=${unread > 0 ? `${texts.unread(unread)}, ${texts.newest}` : texts.newest}
    @click=${toEnd}
  >
    ${unread > 0 ? `↓ ${texts.unread(unread)}` : '↓'}
  </button>`;
}
