const TEXTS = ['server', 'username', 'mode', 'theme', 'heading', 'placeholder'] as const;
const FLAGS = { isOpen: 'open', keepTitle: 'keep-title', isQuiet: 'quiet' } as const;

/** Reflects the attributes of `<chat-room>` as properties, in both directions. */
export class AttributedElement extends HTMLElement {
  static readonly observedAttributes = [...TEXTS, ...Object.values(FLAGS), 'lang'];

  declare server: string;
  declare username: string;
  declare mode: string;
  declare theme: string;
  declare heading: string;
  declare placeholder: string;
  /** Whether the panel of `mode="bubble"` is open. */
  declare isOpen: boolean;
  /** Whether the number of unread messages stays out of the page's title. */
  declare keepTitle: boolean;
  /** Whether a remembered name is sent to the server only when the user writes. */
  declare isQuiet: boolean;

  /** Sets properties again that were set before the element was defined: they shadow its accessors. */
  protected adopt(others: readonly string[]): void {
    for (const name of [...TEXTS, ...Object.keys(FLAGS), ...others]) {
      if (!Object.hasOwn(this, name)) continue;
      const value: unknown = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
  }
}

for (const name of TEXTS) {
  Object.defineProperty(AttributedElement.prototype, name, {
    get(this: HTMLElement) {
      return this.getAttribute(name) ?? '';
    },
    set(this: HTMLElement, value: string | null | undefined) {
      if (value === undefined || value === null) this.removeAttribute(name);
      else this.setAttribute(name, value);
    },
  });
}

for (const [name, attribute] of Object.entries(FLAGS)) {
  Object.defineProperty(AttributedElement.prototype, name, {
    get(this: HTMLElement) {
      return this.hasAttribute(attribute);
    },
    set(this: HTMLElement, isSet: unknown) {
      this.toggleAttribute(attribute, Boolean(isSet));
    },
  });
}
