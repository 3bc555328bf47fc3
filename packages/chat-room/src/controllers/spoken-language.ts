import { type Language, languageOf } from '../texts/texts.js';

/** Owns the element's language: its own `lang`, that of the page around it, or the browser's. Reports changes of `lang`. */
export class SpokenLanguage {
  private readonly changes = new MutationObserver(() => this.changed());

  constructor(
    private readonly host: HTMLElement,
    private readonly changed: () => void,
  ) {}

  get current(): Language {
    // `closest` does not leave a shadow tree: fall back to the page.
    const { lang } = this.host.closest<HTMLElement>('[lang]') ?? document.documentElement;
    return languageOf(lang, navigator.language);
  }

  connected(): void {
    this.changes.observe(document, { attributeFilter: ['lang'], subtree: true });
  }

  disconnected(): void {
    this.changes.disconnect();
  }
}
