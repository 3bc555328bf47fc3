import type { Message } from '../api.js';
import type { MessageLog, Range } from '../messages/message-log.js';
import { atEnd, newer, older, WINDOW_SIZE } from '../messages/window.js';

/** Distance from the end, in pixels, within which the reader counts as following. */
const NEAR_END = 24;
/** Screens rendered beyond the visible part; with less, more messages are added. */
const AHEAD = 1.5;

/** Source of the messages. */
export interface ScrollerSource {
  readonly log: MessageLog;
  readonly isLoading: boolean;
  /** Whether the last load failed. */
  readonly hasFailed: boolean;
  load(direction: 'older' | 'newer' | 'newest'): Promise<void>;
}

export interface ScrollerHost {
  /** Render the range. */
  changed(): void;
  /** The reader started or stopped following the newest message. */
  followed(isFollowing: boolean): void;
}

/**
 * Owns the range of messages in the document and the reader's position: at the end, following, or at an anchor message that must
 * not move while others are added, removed and changed around it.
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

  /** Sets the list element, once rendered; undefined once removed. */
  attach(element: HTMLElement | undefined): void {
    if (element === this.element) return;
    this.resized.disconnect();
    this.element = element;
    if (element) this.resized.observe(element);
  }

  /** Called before the messages are rendered. */
  beforeDraw(): void {
    const { log } = this.source;
    if (this.isFollowing) this.goToEnd();
    this.range = {
      from: Math.max(this.range.from, log.first?.id ?? 1),
      to: Math.min(this.range.to, log.last?.id ?? 0),
    };
    // Here, not on scroll: a reader who follows may never scroll, while messages arrive for weeks.
    log.trim(this.range);
    // While the list is hidden, the last anchor stays.
    if (!this.isFollowing && this.element?.clientHeight) this.anchor = this.find();
  }

  /** Called after the messages were rendered. */
  afterDraw(): void {
    this.hold();
    // Fills the first screens unasked: a list that does not overflow cannot be scrolled.
    if (this.element && this.element.clientHeight > 0) requestAnimationFrame(() => this.extend(this.source.hasFailed));
  }

  /** The reader scrolled. */
  scrolled(): void {
    const list = this.element;
    if (!list || list.clientHeight === 0) return;
    const rest = list.scrollHeight - list.clientHeight - list.scrollTop;
    // Browsers report scrolling before they paint: messages that arrived since and are not visible yet do not end the following.
    this.follow(rest <= NEAR_END && (this.isFollowing || this.range.to === this.source.log.newest));
    this.anchor = this.isFollowing ? undefined : this.find();
    this.extend();
  }

  async toEnd(): Promise<void> {
    const { log } = this.source;
    const { newest } = log;
    if (!log.isAtEnd) await this.source.load('newest');
    // Skipped after a failed load. Messages that arrived meanwhile are loaded as when scrolling there.
    if ((log.last?.id ?? 0) >= newest) {
      this.goToEnd();
      this.follow(true);
      // Before rendering: a scroll event reported until then would count as scrolling away from the end.
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

  /** Window size: larger when screens are so tall, or messages so short, that the usual number would not fill them. */
  private get size(): number {
    const list = this.element;
    const count = this.range.to - this.range.from + 1;
    if (!list || count < WINDOW_SIZE || list.scrollHeight === 0) return WINDOW_SIZE;
    return Math.min(1_000, Math.max(WINDOW_SIZE, Math.ceil((5 * list.clientHeight * count) / list.scrollHeight)));
  }

  /** @param hasFailed suppresses automatic loading: a load that fails at once would be retried in each frame */
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
    // A reader at the end of a list that is too short gets older messages, and stays at the end.
    if (this.isFollowing && range.to < this.range.to) return;
    this.range = range;
    this.host.changed();
  }

  /** Restores the reader's position. */
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

  /** The first visible message, and its offset from the top. */
  private find(): { id: number; top: number } | undefined {
    const top = this.element?.getBoundingClientRect().top ?? 0;
    for (const row of this.element?.querySelectorAll<HTMLElement>('[data-id]') ?? []) {
      if (row.getBoundingClientRect().bottom > top) return { id: Number(row.dataset.id), top: topOf(row) - top };
    }
    return undefined;
  }
}

/** Top of the text, not of the row: the name above it disappears when the message in front has the same author. */
function topOf(row: HTMLElement): number {
  return row.querySelector('.text')!.getBoundingClientRect().top;
}
