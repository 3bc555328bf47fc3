/** The button in the corner, and the panel that it opens. */
export const bubble = /* css */ `
  .bubble {
    position: fixed;
    inset: auto 16px 16px auto;
    z-index: var(--chat-room-layer, 1000);
    display: grid;
    place-items: center;
    inline-size: 56px;
    block-size: 56px;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: var(--accent);
    color: var(--on-accent);
    box-shadow: 0 4px 16px rgb(0 0 0 / 28%);
  }
  .bubble:hover {
    background: var(--accent);
    filter: brightness(1.08);
  }
  .bubble svg {
    inline-size: 28px;
    block-size: 28px;
  }
  .badge {
    position: absolute;
    inset: -4px -4px auto auto;
    min-inline-size: 22px;
    padding-inline: 6px;
    border: 2px solid var(--ground);
    border-radius: 11px;
    background: var(--alert);
    color: var(--ground);
    font: 700 0.75rem/18px var(--chat-room-font, system-ui, sans-serif);
  }
  .panel {
    position: fixed;
    inset: auto 16px 88px auto;
    z-index: var(--chat-room-layer, 1000);
    inline-size: min(24rem, 100vw - 32px);
    block-size: min(40rem, 100dvh - 112px);
    border-radius: var(--radius);
    box-shadow: 0 8px 40px rgb(0 0 0 / 28%);
  }
  .panel[hidden] {
    display: none;
  }
  @media (width <= 30rem), (height <= 30rem) {
    .panel {
      inset: 0;
      inline-size: auto;
      block-size: 100dvh;
      z-index: calc(var(--chat-room-layer, 1000) + 1);
    }
    .panel .room {
      border: 0;
      border-radius: 0;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .panel:not([hidden]) {
      animation: rise 140ms ease-out;
      transform-origin: 100% 100%;
    }
    @keyframes rise {
      from {
        opacity: 0;
        transform: translateY(12px);
      }
    }
  }
`;
