import { html, type TemplateResult } from 'lit/html.js';
import type { RoomActions } from '../room-actions.js';
import type { Texts } from '../texts/de.js';
import type { Visit } from '../visit.js';
import { composerView } from './composer.js';
import { nameFormView } from './name-form.js';

/** Users typing, and the composer, or the reason why this user cannot write. */
export function footerView(visit: Visit, actions: RoomActions, placeholder: string, texts: Texts): TemplateResult {
  const { snapshot, typists } = visit.conversation;
  const own = snapshot?.username;
  const typing = typists.names.filter((name) => name !== own);
  return html`<footer part="footer">
    <div class="typing" part="typing">${texts.types(typing)}</div>
    <slot name="before-composer"></slot>
    ${fields(visit, actions, placeholder, texts)}
  </footer>`;
}

function fields(visit: Visit, actions: RoomActions, placeholder: string, texts: Texts): TemplateResult {
  const { identity, draft, names } = visit;
  const { snapshot, limits } = visit.conversation;
  if (snapshot?.state === 'ended') return html`<div class="hint"><slot name="sign-in">${visit.stateText}</slot></div>`;
  if (snapshot?.can?.write === false)
    return html`<div class="hint"><slot name="sign-in">${texts.readOnly}</slot></div>`;
  if (identity.isNameWanted) {
    const state = {
      value: identity.value,
      problem: identity.problem,
      max: limits.max_username_length,
      canCancel: names.chosen !== '' && identity.problem === '',
    };
    return nameFormView(state, actions.name, texts);
  }
  const blockedFor = Math.ceil(((snapshot?.sendBlockedUntil ?? 0) - Date.now()) / 1000);
  const state = {
    text: draft.text,
    isEditing: draft.editing !== undefined,
    problem: draft.problem,
    placeholder,
    max: limits.max_message_length,
    blockedFor: Math.max(0, blockedFor),
    name: snapshot?.username ?? identity.name,
    canChangeName: identity.isFree,
  };
  return composerView(state, actions.composer, texts);
}
