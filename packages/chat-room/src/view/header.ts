import type { Snapshot } from '@chat-system/client';
import { html, nothing, type TemplateResult } from 'lit/html.js';
import { nameColour } from '../messages/name-colour.js';
import type { Texts } from '../texts/de.js';

export interface HeaderState {
  readonly heading: string;
  readonly snapshot: Snapshot | undefined;
  readonly stateText: string;
  readonly arePeopleShown: boolean;
  readonly notifications: 'impossible' | 'off' | 'on' | 'denied';
  readonly canClose: boolean;
}

export interface HeaderActions {
  readonly togglePeople: () => void;
  readonly toggleNotifications: () => void;
  readonly close: () => void;
}

/** Name of the chat, state of the connection, and users present. */
export function headerView(state: HeaderState, actions: HeaderActions, texts: Texts): TemplateResult {
  const { snapshot, arePeopleShown } = state;
  // Presence is unknown while disconnected.
  const isLive = snapshot?.state === 'live';
  const people = html`<button
    type="button"
    class="count"
    part="people-button"
    aria-expanded=${arePeopleShown}
    aria-controls="people"
    @click=${actions.togglePeople}
  >
    ${texts.present(snapshot?.userCount ?? 0)}
  </button>`;
  return html`<header part="header">
    <slot name="header"><h2 class="title">${state.heading}</h2></slot>
    <div class="state" part="state" data-state=${snapshot?.state ?? 'connecting'}>${state.stateText}</div>
    ${isLive ? people : nothing}
    ${
      state.canClose
        ? html`<button type="button" class="plain" part="close" aria-label=${texts.close} @click=${actions.close}>
            ✕
          </button>`
        : nothing
    }
    ${isLive && arePeopleShown ? peopleView(state, actions, texts) : nothing}
  </header>`;
}

function peopleView({ snapshot, notifications }: HeaderState, actions: HeaderActions, texts: Texts): TemplateResult {
  const users = [...(snapshot?.users ?? [])].sort((a, b) => a.localeCompare(b));
  const others = (snapshot?.userCount ?? 0) - users.length;
  return html`<div class="people" part="people" id="people" role="region" aria-label=${texts.people} tabindex="-1">
    <h3>${texts.people}</h3>
    <ul role="list" aria-label=${texts.people}>
      ${users.map((name) => html`<li><span class="name" dir="auto" data-colour=${nameColour(name)}>${name}</span></li>`)}
    </ul>
    ${users.length + others === 0 ? html`<p>${texts.nobody}</p>` : nothing}
    ${others > 0 ? html`<p>${texts.unnamed(others)}</p>` : nothing}
    ${notifications === 'impossible' ? nothing : notificationView(notifications, actions, texts)}
  </div>`;
}

function notificationView(state: string, { toggleNotifications }: HeaderActions, texts: Texts): TemplateResult {
  if (state === 'denied') return html`<p>${texts.notifyDenied}</p>`;
  return html`<button type="button" @click=${toggleNotifications}>
    ${state === 'on' ? texts.notifyOff : texts.notify}
  </button>`;
}
