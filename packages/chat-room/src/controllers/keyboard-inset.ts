/** Minimum height of the chat above the keyboard, in pixels; below it nothing useful would be visible. */
const LEAST = 160;

/**
 * Keeps the composer above the on-screen keyboard, which covers the page without resizing it: shrinks the room to the height that
 * remains visible.
 */
export class KeyboardInset {
  constructor(
    private readonly host: HTMLElement,
    private readonly room: () => HTMLElement | null,
  ) {}

  connected(): void {
    globalThis.visualViewport?.addEventListener('resize', this.fit);
    globalThis.visualViewport?.addEventListener('scroll', this.fit);
  }

  disconnected(): void {
    globalThis.visualViewport?.removeEventListener('resize', this.fit);
    globalThis.visualViewport?.removeEventListener('scroll', this.fit);
  }

  private readonly fit = (): void => {
    const room = this.room();
    const seen = globalThis.visualViewport;
    if (!room || !seen) return;
    const isCovered = seen.scale === 1 && window.innerHeight - seen.height > 100 && this.host.matches(':focus-within');
    const height = seen.offsetTop + seen.height - room.getBoundingClientRect().top;
    room.style.blockSize =
      isCovered && height >= LEAST && height < room.parentElement!.clientHeight ? `${height}px` : '';
  };
}
