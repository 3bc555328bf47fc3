import { ON_DARK, ON_LIGHT } from './name-colours.js';

const names = ON_LIGHT.map(
  (light, index) => `[data-colour='${index}'] { --name: light-dark(${light}, ${ON_DARK[index]!}); }`,
).join('\n');

/** The messages. */
export const list = /* css */ `
  ${names}
  .stage {
    position: relative;
    flex: 1;
    min-block-size: 0;
    display: flex;
  }
  .list {
    flex: 1;
    overflow: hidden auto;
    overflow-anchor: none;
    overscroll-behavior: contain;
    padding-block: 4px 12px;
    scrollbar-gutter: stable;
  }
  .note {
    margin: 16px;
    color: var(--muted);
    font-size: 0.8125rem;
    text-align: center;
  }
  .day,
  .new {
    display: flex;
    align-items: center;
    gap: 12px;
    margin-block-start: 8px;
    padding: 8px 16px 4px;
    color: var(--muted);
    font-size: 0.75rem;
    font-weight: 600;
  }
  .day::before,
  .day::after,
  .new::before {
    content: '';
    flex: 1;
    block-size: 1px;
    background: var(--line);
  }
  /* The day of what is read stays above it. */
  .day {
    position: sticky;
    /* Less the list's padding. */
    inset-block-start: -4px;
    z-index: 1;
    background: var(--ground);
  }
  .new {
    color: var(--alert);
  }
  .new::before {
    background: currentcolor;
  }
  .row {
    position: relative;
    padding-block: 1px;
    padding-inline: 60px 16px;
    scroll-margin-block: 40px 8px;
  }
  .row.first {
    margin-block-start: 8px;
    padding-block-start: 3px;
  }
  .row.own {
    background: var(--own);
    box-shadow: inset 3px 0 var(--accent);
  }
  .row:focus-visible {
    outline-offset: -2px;
  }
  .avatar {
    position: absolute;
    inset-inline-start: 16px;
    inset-block-start: 6px;
    inline-size: 32px;
    block-size: 32px;
    border-radius: 50%;
    background: color-mix(in srgb, var(--name) 16%, var(--ground));
    color: var(--name);
    font-size: 0.875rem;
    font-weight: 600;
    line-height: 32px;
    text-align: center;
    user-select: none;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 8px;
  }
  .name {
    color: var(--name);
    font-weight: 700;
  }
  time,
  .aside {
    color: var(--muted);
    font-size: 0.75rem;
    font-variant-numeric: tabular-nums;
  }
  .text {
    display: flex;
    flex-direction: column;
    gap: 6px;
  }
  .text :is(p, ul, ol, pre, blockquote) {
    margin: 0;
  }
  .text p {
    white-space: pre-wrap;
  }
  .text a {
    color: var(--link);
  }
  .text code {
    padding: 1px 4px;
    border-radius: 4px;
    background: var(--raised);
    font: 0.8125rem/1.125rem ui-monospace, monospace;
  }
  .text pre {
    padding: 8px 12px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--raised);
    white-space: pre-wrap;
  }
  .text pre code {
    padding: 0;
    background: none;
  }
  .text ul,
  .text ol {
    padding-inline-start: 24px;
  }
  .text blockquote {
    padding-inline-start: 12px;
    border-inline-start: 3px solid var(--line);
    color: var(--muted);
  }
  .gone {
    color: var(--muted);
    font-style: italic;
  }
  .actions {
    position: absolute;
    inset-block-start: -4px;
    inset-inline-end: 8px;
    z-index: 1;
    display: flex;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--ground);
    box-shadow: 0 2px 8px rgb(0 0 0 / 12%);
  }
  .actions button {
    min-block-size: 28px;
    padding: 2px 8px;
    border: 0;
    font-size: 0.8125rem;
  }
  .waiting .text {
    opacity: 0.75;
  }
  .failed .aside {
    color: var(--alert);
  }
  .failed .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-block: 4px;
  }
  .jump {
    position: absolute;
    inset-block-end: 8px;
    inset-inline-end: 20px;
    z-index: 2;
    border-color: var(--edge);
    border-radius: 16px;
    box-shadow: 0 2px 8px rgb(0 0 0 / 18%);
    font-size: 0.8125rem;
  }
  .jump.some {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }
  @container room (max-width: 30rem) {
    .row {
      padding-inline: 12px;
    }
    .avatar {
      display: none;
    }
    .day,
    .new {
      padding-inline: 12px;
    }
  }
  @container room (max-height: 26rem) {
    .day {
      position: static;
    }
  }
  @media (forced-colors: active) {
    .row.own {
      border-inline-start: 3px solid Highlight;
    }
    .day::before,
    .day::after,
    .new::before {
      background: CanvasText;
    }
  }
`;
