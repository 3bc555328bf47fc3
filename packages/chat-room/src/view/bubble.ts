import { html, nothing, svg, type TemplateResult } from 'lit/html.js';
import type { Texts } from '../texts/de.js';

const BUBBLE = svg`<path stroke-linejoin="round" d="M4 5h16v11H10l-4 4v-4H4z" />`;
const CROSS = svg`<path stroke-linecap="round" d="M6 6l12 12M18 6L6 18" />`;

/** The button in the corner, and the panel over the page. */
export function bubbleView(
  room: unknown,
  { isOpen, unread, heading }: { readonly isOpen: boolean; readonly unread: number; readonly heading: string },
  { toggle, key }: { readonly toggle: () => void; readonly key: (event: KeyboardEvent) => void },
  texts: Texts,
): TemplateResult {
  const label = isOpen ? texts.close : unread > 0 ? `${texts.open}, ${texts.unread(unread)}` : texts.open;
  return html`<div class="panel" part="panel" role="dialog" aria-label=${heading} ?hidden=${!isOpen} @keydown=${key}>
      ${room}
    </div>
    <button type="button" class="bubble" part="bubble" aria-label=${label} aria-expanded=${isOpen} @click=${toggle}>
      <slot name="icon">
        <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
          ${isOpen ? CROSS : BUBBLE}
        </svg>
      </slot>
      ${unread > 0 ? html`<span class="badge" part="badge">${unread > 99 ? '99+' : unread}</span>` : nothing}
    </button>`;
}
