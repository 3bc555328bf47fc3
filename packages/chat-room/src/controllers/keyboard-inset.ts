/** Height left for the chat below which it is not made smaller, in pixels: there would be nothing to see. */
const LEAST = 160;

/**
 * Keeps the place to write above the on-screen keyboard, which covers the page without changing its size: the room is made as high
 * as what is seen of it.
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
