const TEXTS = ['server', 'username', 'mode', 'theme', 'heading', 'placeholder'] as const;
const FLAGS = { isOpen: 'open', keepTitle: 'keep-title', isQuiet: 'quiet' } as const;

/** The attributes of `<chat-room>` as properties, and back: what is set in one way is seen in the other. */
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
  /** Whether a remembered name is told to the server only when its owner writes. */
  declare isQuiet: boolean;

  /** Properties that were set before the element was defined hide its accessors: sets them again. */
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
