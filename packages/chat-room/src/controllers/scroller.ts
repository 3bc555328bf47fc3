import type { Message } from '../api.js';
import type { MessageLog, Range } from '../messages/message-log.js';
import { atEnd, newer, older, WINDOW_SIZE } from '../messages/window.js';

/** Distance from the end, in pixels, within which a reader is taken to follow what arrives. */
const NEAR_END = 24;
/** Screens that are in the document beyond what is seen, before more is added. */
const AHEAD = 1.5;

/** Where the messages come from. */
export interface ScrollerSource {
  readonly log: MessageLog;
  readonly isLoading: boolean;
  /** The last attempt at it did. */
  readonly hasFailed: boolean;
  load(direction: 'older' | 'newer' | 'newest'): Promise<void>;
}

export interface ScrollerHost {
  /** Draw the range. */
  changed(): void;
  /** The reader sees the newest message, or no longer does. */
  followed(isFollowing: boolean): void;
}

/**
 * Owns which messages are in the document and where the reader is: at the end, following, or at a message that must not move while
 * others come, go and change around it.
 */
export class Scroller {
  range: Range = { from: 1, to: 0 };
  isFollowing = true;
  private element: HTMLElement | undefined;
  private anchor: { readonly id: number; readonly top: number } | undefined;
  private readonly resized = new ResizeObserver(() => this.hold());

  constructor(
    private readonly source: ScrollerSource,
    private readonly host: ScrollerHost,
  ) {}

  get messages(): readonly Message[] {
    return this.source.log.slice(this.range);
  }

  /** The list, once it is in the document; undefined when it has gone. */
  attach(element: HTMLElement | undefined): void {
    if (element === this.element) return;
    this.resized.disconnect();
    this.element = element;
    if (element) this.resized.observe(element);
  }

  /** Before the messages are drawn. */
  beforeDraw(): void {
    const { log } = this.source;
    if (this.isFollowing) this.goToEnd();
    this.range = {
      from: Math.max(this.range.from, log.first?.id ?? 1),
      to: Math.min(this.range.to, log.last?.id ?? 0),
    };
    // Here, not where readers scroll: at the end nobody has to, and messages arrive for weeks.
    log.trim(this.range);
    // Where nothing is seen, the place is that of before.
    if (!this.isFollowing && this.element?.clientHeight) this.anchor = this.find();
  }

  /** After they were drawn. */
  afterDraw(): void {
    this.hold();
    // The first screens come by themselves: nobody can scroll where nothing overflows.
    if (this.element && this.element.clientHeight > 0) requestAnimationFrame(() => this.extend(this.source.hasFailed));
  }

  /** The reader scrolled. */
  scrolled(): void {
    const list = this.element;
    if (!list || list.clientHeight === 0) return;
    const rest = list.scrollHeight - list.clientHeight - list.scrollTop;
    // Browsers tell of scrolling before they draw: what came since, and is not seen yet, has moved nobody away from the end.
    this.follow(rest <= NEAR_END && (this.isFollowing || this.range.to === this.source.log.newest));
    this.anchor = this.isFollowing ? undefined : this.find();
    this.extend();
  }

  async toEnd(): Promise<void> {
    const { log } = this.source;
    const { newest } = log;
    if (!log.isAtEnd) await this.source.load('newest');
    // Not where that failed. What arrived meanwhile is loaded on the way, as for whoever scrolls there.
    if ((log.last?.id ?? 0) >= newest) {
      this.goToEnd();
      this.follow(true);
      // Before it is drawn: a scrolling that is told until then would be taken for one away from the end.
      this.hold();
    }
    this.host.changed();
  }

  private goToEnd(): void {
    this.range = atEnd(this.source.log.last?.id ?? 0, this.size);
  }

  private follow(isFollowing: boolean): void {
    if (this.isFollowing === isFollowing) return;
    this.isFollowing = isFollowing;
    this.host.followed(isFollowing);
  }

  /** More where screens are so tall, or messages so short, that the usual number would not fill them. */
  private get size(): number {
    const list = this.element;
    const count = this.range.to - this.range.from + 1;
    if (!list || count < WINDOW_SIZE || list.scrollHeight === 0) return WINDOW_SIZE;
    return Math.min(1_000, Math.max(WINDOW_SIZE, Math.ceil((5 * list.clientHeight * count) / list.scrollHeight)));
  }

  /** @param hasFailed nothing is loaded again by itself: what fails at once would be asked for in each frame */
  private extend(hasFailed = false): void {
    const list = this.element;
    const { log } = this.source;
    const isLoading = hasFailed || this.source.isLoading;
    if (!list || log.size === 0) return;
    const ahead = AHEAD * list.clientHeight;
    const below = list.scrollHeight - list.clientHeight - list.scrollTop;
    const { from, to } = this.range;
    if (list.scrollTop < ahead && from > 1) {
      if (from > log.first!.id) this.move(older(this.range, log.first!.id, this.size));
      else if (!isLoading) void this.source.load('older');
    } else if (below < ahead && to < log.newest) {
      if (to < log.last!.id) this.move(newer(this.range, log.last!.id, this.size));
      else if (!isLoading) void this.source.load('newer');
    }
  }

  private move(range: Range): void {
    // Whoever is at the end and sees too little gets more in front of it, and stays there.
    if (this.isFollowing && range.to < this.range.to) return;
    this.range = range;
    this.host.changed();
  }

  /** Puts the reader where they were. */
  private hold(): void {
    const list = this.element;
    if (!list) return;
    if (this.isFollowing) {
      list.scrollTop = list.scrollHeight;
      return;
    }
    const row = this.anchor && list.querySelector<HTMLElement>(`[data-id='${this.anchor.id}']`);
    if (!row) return;
    const moved = topOf(row) - list.getBoundingClientRect().top - this.anchor!.top;
    if (Math.abs(moved) >= 1) list.scrollTop += moved;
  }

  /** The first message that is seen, and where. */
  private find(): { id: number; top: number } | undefined {
    const top = this.element?.getBoundingClientRect().top ?? 0;
    for (const row of this.element?.querySelectorAll<HTMLElement>('[data-id]') ?? []) {
      if (row.getBoundingClientRect().bottom > top) return { id: Number(row.dataset.id), top: topOf(row) - top };
    }
    return undefined;
  }
}

/** Of what is read: the name above goes when the messages in front are of the same author. */
function topOf(row: HTMLElement): number {
  return row.querySelector('.text')!.getBoundingClientRect().top;
}
