/** The frame: colours, type, and everything around the messages. Sizes are on a scale of 4 px, text is 12, 13 or 15 px. */
export const room = /* css */ `
  :host {
    --accent: var(--chat-room-accent, light-dark(#0f5f56, #5cc7b5));
    --on-accent: var(--chat-room-on-accent, light-dark(#fff, #06201c));
    --ground: var(--chat-room-ground, light-dark(#fff, #15191d));
    --raised: var(--chat-room-raised, light-dark(#f3f5f6, #1f252b));
    --own: var(--chat-room-own, light-dark(#f0f7f5, #182725));
    --ink: var(--chat-room-ink, light-dark(#17212b, #e6eaed));
    --muted: var(--chat-room-muted, light-dark(#56626d, #9dabb6));
    --line: var(--chat-room-line, light-dark(#dde3e7, #323b43));
    --edge: var(--chat-room-edge, light-dark(#7d8993, #73818c));
    --link: var(--chat-room-link, light-dark(#0b5cad, #8abef5));
    --alert: var(--chat-room-alert, light-dark(#b42318, #ff9c8f));
    --good: light-dark(#1a7f4b, #5fce93);
    --radius: var(--chat-room-radius, 8px);
    display: block;
    block-size: var(--chat-room-height, 32rem);
    min-inline-size: 0;
    color-scheme: light dark;
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }
  :host([hidden]) {
    display: none;
  }
  :host([mode='bubble']) {
    display: contents;
  }
  * {
    box-sizing: border-box;
  }
  .frame {
    container: room / size;
    block-size: 100%;
  }
  .room {
    position: relative;
    /* What lies over other things in here must not lie over what the page opens. */
    isolation: isolate;
    display: flex;
    flex-direction: column;
    block-size: 100%;
    overflow: hidden;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--ground);
    color: var(--ink);
    /* In whole pixels: what is read stays where it is to the pixel when something above it changes. */
    font: 0.9375rem/1.375rem var(--chat-room-font, system-ui, sans-serif);
    overflow-wrap: anywhere;
    /* What is written here is shown as it is, wherever on the page. */
    text-align: start;
    text-indent: 0;
    text-transform: none;
    white-space: normal;
  }
  /* What the page puts there keeps the page's. */
  ::slotted(:dir(rtl)) {
    direction: rtl;
  }
  :host([frameless]) .room {
    border: 0;
    border-radius: 0;
  }
  button,
  input,
  textarea {
    color: inherit;
    font: inherit;
  }
  button {
    min-block-size: 2rem;
    padding: 4px 12px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--ground);
    cursor: pointer;
  }
  button:hover {
    background: var(--raised);
  }
  button.main {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }
  button.main:hover {
    filter: brightness(1.08);
  }
  button.plain {
    border-color: transparent;
    background: none;
  }
  button.main[aria-disabled='true'] {
    border-color: var(--line);
    background: var(--raised);
    color: var(--muted);
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  header {
    display: flex;
    position: relative;
    z-index: 3;
    align-items: center;
    gap: 12px;
    min-block-size: 49px;
    padding-block: 4px;
    padding-inline: 16px 8px;
    border-block-end: 1px solid var(--line);
  }
  header button {
    flex: none;
  }
  header .title {
    max-inline-size: 60%;
    margin: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 0.9375rem;
    font-weight: 700;
  }
  .state {
    flex: 1;
    display: flex;
    align-items: center;
    gap: 8px;
    min-inline-size: 0;
    line-height: 1.3;
    color: var(--muted);
    font-size: 0.8125rem;
  }
  .state::before {
    content: '';
    flex: none;
    inline-size: 8px;
    block-size: 8px;
    border: 2px solid var(--edge);
    border-radius: 50%;
  }
  .state[data-state='live']::before {
    border-color: var(--good);
    background: var(--good);
  }
  .state[data-state='ended']::before {
    border-color: var(--alert);
    border-radius: 1px;
  }
  .people {
    position: absolute;
    inset-block-start: calc(100% + 4px);
    inset-inline-end: 8px;
    display: flex;
    flex-direction: column;
    gap: 8px;
    inline-size: min(16rem, 100% - 16px);
    max-block-size: calc(100cqb - 64px);
    overflow: auto;
    padding: 12px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--ground);
    box-shadow: 0 8px 24px rgb(0 0 0 / 18%);
  }
  .people h3,
  .people p {
    margin: 0;
    font-size: 0.8125rem;
    font-weight: 600;
  }
  .people p {
    color: var(--muted);
    font-weight: 400;
  }
  .people ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .people li {
    padding-block: 2px;
  }
  @container room (max-height: 26rem) {
    header {
      min-block-size: 0;
      padding-block: 1px;
    }
    header .title {
      display: none;
    }
    header button {
      min-block-size: 32px;
    }
  }
  @container room (max-width: 24rem) {
    header {
      padding-inline-start: 12px;
    }
  }
  @media (forced-colors: active) {
    button.main {
      border-color: ButtonText;
    }
    .state::before {
      border-color: CanvasText;
    }
    .state[data-state='live']::before {
      background: CanvasText;
    }
  }
`;
