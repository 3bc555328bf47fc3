/** Composer and name form. */
export const composer = /* css */ `
  footer {
    display: flex;
    flex-direction: column;
    gap: 4px;
    padding: 0 12px 12px;
  }
  .typing {
    min-block-size: 1.25rem;
    padding-inline: 4px;
    overflow: hidden;
    color: var(--muted);
    font-size: 0.75rem;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  form {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 4px 8px;
    margin: 0;
  }
  .box {
    flex: 1;
    display: flex;
    align-items: end;
    gap: 4px;
    min-inline-size: 0;
    padding: 4px;
    border: 1px solid var(--edge);
    border-radius: var(--radius);
  }
  .box:focus-within {
    border-color: var(--accent);
    box-shadow: inset 0 0 0 1px var(--accent);
  }
  .box.wrong {
    border-color: var(--alert);
    box-shadow: inset 0 0 0 1px var(--alert);
  }
  textarea,
  input {
    flex: 1;
    min-inline-size: 0;
    min-block-size: 2.25rem;
    max-block-size: 10rem;
    padding: 6px 8px;
    border: 0;
    outline: 0;
    background: none;
    field-sizing: content;
    resize: none;
  }
  .box :is(textarea, input):focus-visible {
    outline: 0;
  }
  ::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  .box button {
    min-block-size: 2.25rem;
  }
  label {
    flex-basis: 100%;
    font-weight: 600;
  }
  .hint {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0 12px;
    padding-inline: 4px;
    color: var(--muted);
    font-size: 0.75rem;
  }
  .hint button {
    min-block-size: 24px;
    padding: 0 4px;
    font-size: 0.75rem;
    text-decoration: underline;
  }
  .hint .over,
  .problem {
    color: var(--alert);
    font-weight: 600;
  }
  .problem {
    margin: 0;
    padding-inline: 4px;
    font-size: 0.8125rem;
  }
  .problem:empty {
    display: none;
  }
  .editing {
    display: flex;
    align-items: center;
    justify-content: space-between;
    padding-inline: 4px;
    font-size: 0.8125rem;
    font-weight: 600;
  }
  .send svg {
    display: none;
    inline-size: 20px;
    block-size: 20px;
    vertical-align: middle;
  }
  @container room (max-width: 24rem) {
    .send .word {
      display: none;
    }
    .send svg {
      display: inline;
    }
    .hint .keys {
      display: none;
    }
  }
  @media (pointer: coarse) {
    .hint .keys {
      display: none;
    }
    button,
    .actions button,
    .hint button {
      min-block-size: 44px;
    }
    .hint button {
      margin-block-end: -8px;
    }
    textarea,
    input {
      min-block-size: 44px;
      padding-block: 10px;
      font-size: 1rem;
    }
    .box button {
      min-block-size: 44px;
    }
  }
  @container room (max-height: 26rem) {
    footer {
      gap: 0;
      padding-block-end: 4px;
    }
    .typing:empty {
      display: none;
    }
    .hint .keys {
      display: none;
    }
    textarea {
      max-block-size: 4.5rem;
    }
  }
  @media (forced-colors: active) {
    .box:focus-within {
      outline: 2px solid Highlight;
    }
  }
`;
