import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { Unsent } from '../connection/sending.js';
import { nameColour } from '../messages/name-colour.js';
import type { Texts } from '../texts/de.js';
import { errorText } from './error-text.js';
import { markdown } from './markdown.js';

/** A message of this user that is in flight or was refused. */
export function unsentView({ key, text, error }: Unsent, name: string, isLive: boolean, texts: Texts): TemplateResult {
  const state = isLive ? texts.sending : texts.waitingForConnection;
  return html`<div
    class="row own ${error ? 'first failed' : 'waiting'}"
    part="message own-message ${error ? 'failed-message' : 'pending-message'}"
    role="article"
    data-colour=${nameColour(name)}
    aria-label=${texts.said(name, error ? texts.notSent : state)}
  >
    <div class="text" part="text" dir="auto">${markdown(text)}</div>
    <div class="aside">${error ? `${texts.notSent}: ${errorText(error, texts)}` : state}</div>
    ${error ? choices(key, texts) : nothing}
  </div>`;
}

function choices(key: string, texts: Texts): TemplateResult {
  return html`<div class="choices">
    <button type="button" data-retry=${key}>${texts.retry}</button>
    <button type="button" data-discard=${key}>${texts.discard}</button>
  </div>`;
}
