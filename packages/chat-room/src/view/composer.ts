import { html, nothing, type TemplateResult } from 'lit/html.js';
import { lengthOf } from '../messages/plain-text.js';
import type { Texts } from '../texts/de.js';

const ARROW = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.5" aria-hidden="true">
  <path stroke-linecap="round" stroke-linejoin="round" d="M12 20V5M5 12l7-7 7 7" />
</svg>`;
/** Remaining characters below which the counter is shown. */
const COUNT_FROM = 200;

export interface ComposerState {
  readonly text: string;
  readonly isEditing: boolean;
  readonly problem: string;
  readonly placeholder: string;
  readonly max: number;
  /** Seconds until the server accepts another message; 0 for now. */
  readonly blockedFor: number;
  readonly name: string;
  readonly canChangeName: boolean;
}

export interface ComposerActions {
  readonly write: (text: string) => void;
  readonly submit: () => void;
  readonly key: (event: KeyboardEvent) => void;
  readonly cancelEdit: () => void;
  readonly changeName: () => void;
}

/** Composer for new messages and edits. */
export function composerView(state: ComposerState, actions: ComposerActions, texts: Texts): TemplateResult {
  const { text, isEditing, problem, max, name } = state;
  const send = isEditing ? texts.save : texts.send;
  const submit = (event: Event) => {
    event.preventDefault();
    actions.submit();
  };
  return html`${isEditing ? editingView(actions, texts) : nothing}
    <form @submit=${submit}>
      <div class="box ${problem || lengthOf(text) > max ? 'wrong' : ''}" part="composer">
        <textarea
          id="text"
          part="input"
          rows="1"
          dir="auto"
          enterkeyhint="send"
          autocomplete="off"
          aria-label=${isEditing ? texts.editing : texts.writeAs(name)}
          aria-describedby="hint problem"
          aria-invalid=${problem !== ''}
          placeholder=${state.placeholder || texts.write}
          @input=${({ target }: InputEvent) => actions.write((target as HTMLTextAreaElement).value)}
          @keydown=${actions.key}
        ></textarea>
        <button class="main send" part="send" aria-label=${send} aria-disabled=${text.trim() === ''}>
          <span class="word">${send}</span>${ARROW}
        </button>
      </div>
    </form>
    <p class="problem" part="problem" id="problem" role="alert">${problem}</p>
    ${hintView(state, actions, texts)}`;
}

function editingView({ cancelEdit }: ComposerActions, texts: Texts): TemplateResult {
  return html`<div class="editing">
    <span>${texts.editing}</span>
    <button type="button" class="plain" @click=${cancelEdit}>${texts.cancel}</button>
  </div>`;
}

function hintView(state: ComposerState, { changeName }: ComposerActions, texts: Texts): TemplateResult {
  const { text, max, blockedFor, name, canChangeName } = state;
  const left = max - lengthOf(text);
  const count = left < 0 ? texts.tooLong(-left) : texts.left(left);
  return html`<div class="hint" part="hint">
    <span id="hint">
      ${
        blockedFor > 0
          ? html`<span class="slow">${texts.slow(blockedFor)}</span>`
          : left < COUNT_FROM
            ? html`<span class=${left < 0 ? 'over' : ''}>${count}</span>`
            : html`<span class="keys">${texts.keys}</span>`
      }
    </span>
    ${
      canChangeName
        ? html`<button
            type="button"
            class="plain rename"
            aria-label="${name}, ${texts.changeName}"
            @click=${changeName}
          >
            ${name}
          </button>`
        : nothing
    }
  </div>`;
}
