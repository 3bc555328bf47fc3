import { type Language, languageOf } from '../texts/texts.js';

/** Owns which language is spoken: that of the element, of the page around it, or of the browser. Tells when one of the page's changes. */
export class SpokenLanguage {
  private readonly changes = new MutationObserver(() => this.changed());

  constructor(
    private readonly host: HTMLElement,
    private readonly changed: () => void,
  ) {}

  get current(): Language {
    // From inside a shadow tree the page is not among the ancestors.
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
