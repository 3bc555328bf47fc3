import { html, nothing, type TemplateResult } from 'lit/html.js';
import { lengthOf } from '../messages/plain-text.js';
import type { Texts } from '../texts/de.js';

/** Remaining characters below which the counter is shown. */
const COUNT_FROM = 15;

export interface NameFormActions {
  readonly choose: (name: string) => void;
  readonly write: (name: string) => void;
  readonly cancel: () => void;
}

/** Form in which a user without an identity chooses a name. */
export function nameFormView(
  state: { readonly value: string; readonly problem: string; readonly max: number; readonly canCancel: boolean },
  actions: NameFormActions,
  texts: Texts,
): TemplateResult {
  const { value, problem, max } = state;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    actions.choose((event.target as HTMLFormElement).querySelector('input')!.value);
  };
  const left = max - lengthOf(value.trim());
  // `maxlength` counts UTF-16 units; a character of the limit may have two.
  return html`<form @submit=${submit}>
      <label for="name">${texts.askName}</label>
      <div class="box ${problem ? 'wrong' : ''}" part="composer">
        <input
          id="name"
          part="name-input"
          autocomplete="nickname"
          enterkeyhint="go"
          dir="auto"
          maxlength=${2 * max}
          placeholder=${texts.name}
          aria-describedby="problem left"
          aria-invalid=${problem !== ''}
          .value=${value}
          @input=${({ target }: InputEvent) => actions.write((target as HTMLInputElement).value)}
        />
        ${
          state.canCancel
            ? html`<button type="button" class="plain" @click=${actions.cancel}>${texts.cancel}</button>`
            : nothing
        }
        <button class="main" part="join">${texts.join}</button>
      </div>
    </form>
    <p class="problem" part="problem" id="problem" role="alert">${problem}</p>
    <div class="hint">
      <span id="left" class=${left < 0 ? 'over' : ''}>
        ${left >= COUNT_FROM ? nothing : left < 0 ? texts.tooLong(-left) : texts.left(left)}
      </span>
    </div>`;
}
