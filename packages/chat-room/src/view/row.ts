import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { RowAction } from '../api.js';
import { nameColour } from '../messages/name-colour.js';
import type { Row } from '../messages/rows.js';
import type { Times } from '../messages/times.js';
import type { Texts } from '../texts/de.js';
import { markdown } from './markdown.js';

/** State of a row besides its message. */
export interface RowState {
  readonly isOwn: boolean;
  /** The one message that Tab reaches. */
  readonly isTabStop: boolean;
  /** An edit or deletion is in flight. */
  readonly isChanging: boolean;
  /** Actions of the message that has the pointer or the focus; undefined for the others. */
  readonly actions: readonly RowAction[] | undefined;
}

/** One message, with the separators above it. */
export function rowView(row: Row, state: RowState, texts: Texts, times: Times): TemplateResult {
  const { message, beginsGroup } = row;
  const { id, username } = message;
  const initial = Array.from(username.replace(/^~/, ''))[0] ?? '';
  return html`${separators(row, texts, times)}
    <div
      class="row ${beginsGroup ? 'first' : ''} ${state.isOwn ? 'own' : ''}"
      part="message ${state.isOwn ? 'own-message' : ''}"
      role="article"
      data-id=${id}
      data-colour=${nameColour(username)}
      tabindex=${state.isTabStop ? 0 : -1}
      aria-labelledby="head-${id}"
      aria-describedby="text-${id}"
    >
      ${beginsGroup ? html`<div class="avatar" part="avatar" aria-hidden="true">${initial}</div>` : nothing}
      <div class=${beginsGroup ? 'head' : 'head unseen'} id="head-${id}">
        <span class="name" part="name" dir="auto">${username}</span>
        ${state.isOwn ? html`<span class="aside">${texts.you}</span>` : nothing} ${time(message.time, times)}
      </div>
      <div class="text" part="text" id="text-${id}" dir="auto">${text(row, texts)}</div>
      ${aside(row, state, texts, times)} ${state.actions ? toolbar(row, state.actions, texts) : nothing}
    </div>`;
}

function separators({ message, beginsDay, isFirstNew }: Row, texts: Texts, times: Times): unknown {
  return [
    beginsDay ? html`<div class="day" part="day"><span>${times.dayName(message.time)}</span></div>` : nothing,
    isFirstNew ? html`<div class="new" part="new"><span>${texts.newMessages}</span></div>` : nothing,
  ];
}

function time(at: number, times: Times): TemplateResult {
  return html`<time datetime=${new Date(at).toISOString()} title=${times.long(at)}>${times.short(at)}</time>`;
}

function text({ message }: Row, texts: Texts): unknown {
  const { deletedAt, deletedBy, username } = message;
  if (deletedAt === undefined) return markdown(message.text);
  const isByOther = deletedBy !== undefined && deletedBy !== username;
  return html`<p class="gone">${isByOther ? texts.deletedByOther : texts.deleted}</p>`;
}

function aside({ message }: Row, { isChanging }: RowState, texts: Texts, times: Times): unknown {
  if (isChanging) return html`<div class="aside">${texts.sending}</div>`;
  if (message.editedAt === undefined || message.deletedAt !== undefined) return nothing;
  return html`<div class="aside" title=${texts.editedAt(times.long(message.editedAt))}>${texts.edited}</div>`;
}

function toolbar({ message }: Row, actions: readonly RowAction[], texts: Texts): unknown {
  if (actions.length === 0) return nothing;
  const buttons = actions.map(
    ({ name, label }) => html`<button type="button" part="action" data-action=${name}>${label}</button>`,
  );
  return html`<div class="actions" part="actions" role="group" aria-label=${texts.actions(message.username)}>
    ${buttons}
  </div>`;
}
