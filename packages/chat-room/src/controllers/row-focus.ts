/** Effects of keys and pointers in the list of messages. */
export interface RowFocusHost {
  /** Render the rows again. */
  changed(): void;
  toEnd(): Promise<void>;
  focusComposer(): void;
}

const KEYS = ['ArrowUp', 'ArrowDown', 'Home', 'End', 'Escape'];

/** Owns the message that has the focus or the pointer. Roving tabindex: Tab reaches one message, arrow keys move between them. */
export class RowFocus {
  /** The message that has or last had the focus. */
  focused: number | undefined;
  /** The message whose actions are shown. */
  active: number | undefined;

  constructor(private readonly host: RowFocusHost) {}

  readonly focusin = (event: Event): void => {
    const id = idOf(event);
    if (id === undefined) return;
    this.focused = id;
    this.activate(id);
  };

  /** Ignores touch, where resting a finger is no choice: a tap selects the message, like focus. */
  readonly pointer = (event: PointerEvent): void => {
    if (event.pointerType !== 'touch') this.activate(event.type === 'pointerleave' ? undefined : idOf(event));
  };

  readonly focusout = ({ currentTarget, relatedTarget }: FocusEvent): void => {
    if (!(currentTarget as Node).contains(relatedTarget as Node | null)) this.activate(undefined);
  };

  readonly key = (event: KeyboardEvent): void => {
    if (!KEYS.includes(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (event.key === 'Escape') return this.host.focusComposer();
    const list = event.currentTarget as HTMLElement;
    if (event.key === 'End') return void this.host.toEnd().then(() => requestAnimationFrame(() => focusLast(list)));
    const rows = [...list.querySelectorAll<HTMLElement>('[data-id]')];
    const place = rows.findIndex((row) => row.contains(event.target as Node));
    const next = event.key === 'Home' ? rows[0] : rows[place + (event.key === 'ArrowUp' ? -1 : 1)];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: 'nearest' });
  };

  private activate(id: number | undefined): void {
    if (id === this.active) return;
    this.active = id;
    this.host.changed();
  }
}

function focusLast(list: HTMLElement): void {
  [...list.querySelectorAll<HTMLElement>('[data-id]')].at(-1)?.focus({ preventScroll: true });
}

/** Id of the message in which the event occurred. */
export function idOf({ target }: Event): number | undefined {
  const row = (target as Element).closest<HTMLElement>('[data-id]');
  return row ? Number(row.dataset.id) : undefined;
}
