import { recall, remember } from './memory.js';

const TYPING_INTERVAL_MS = 1_000;
/** In front of the names of those who are not signed in, where others are. */
const GUEST_MARK = '~';

/**
 * The form: under which name, what is typed, and whether that is a message or the new text of one.
 * `say(username, message)` and `change(id, message)` take it, `typing(username)` hears that it is being written, and `renamed()`
 * that own messages are others now.
 */
export function openComposer(page, { texts, say, change, typing, renamed }) {
  let typedAt = -Infinity;
  /** Who the server says this is: `{name, can}`; `can` is undefined where it knows no users, `name` that of a user it knows. */
  let me = {};
  /** The message that is being edited, and what was in the box before. */
  let editing;

  function submit() {
    if (!mayWrite()) return;
    const username = ownName();
    const message = page.message.value.trim();
    if (username === '' || username === GUEST_MARK) {
      page.error.textContent = texts().nameMissing;
      page.name.focus();
      return;
    }
    page.message.focus();
    if (message === '') return;
    page.error.textContent = '';
    if (editing) {
      const { id, text } = editing;
      stopEditing();
      if (message !== text) change(id, message);
      return;
    }
    write('');
    say(username, message);
  }

  function write(text) {
    page.message.value = text;
    fit();
  }

  function fit() {
    page.message.style.height = 'auto';
    page.message.style.height = `${page.message.scrollHeight + 2}px`;
  }

  function stopEditing() {
    if (!editing) return;
    write(editing.draft);
    editing = undefined;
    render();
  }

  function mayWrite() {
    return me.can === undefined || me.can.write;
  }

  /** As the server will write it, so that one's own messages are known. */
  function ownName() {
    if (me.name !== undefined) return me.name;
    const name = page.name.value.trim().normalize('NFC').replace(/ +/g, ' ');
    return isGuest() ? GUEST_MARK + name.replace(/^~ ?/, '') : name;
  }

  function isGuest() {
    return me.can !== undefined && me.name === undefined;
  }

  function render() {
    page.editing.hidden = !editing;
    page.mark.hidden = !isGuest();
    page.name.readOnly = me.name !== undefined;
    const isNameless = isGuest() && !mayWrite();
    page.mark.hidden ||= isNameless;
    page.name.hidden = page.name.labels[0].hidden = isNameless;
    page.hint.hidden = !mayWrite();
    page.reading.hidden = mayWrite();
    page.reading.textContent = isGuest() ? texts().guestReadOnly : texts().readOnly;
    page.message.disabled = !mayWrite();
    page.send.disabled = !mayWrite();
    page.send.textContent = editing ? texts().save : texts().send;
  }

  function sayTyping({ timeStamp }) {
    const username = ownName();
    if (editing || username === '' || username === GUEST_MARK || page.message.value.trim() === '') return;
    if (timeStamp - typedAt < TYPING_INTERVAL_MS) return;
    if (typing(username)) typedAt = timeStamp;
  }

  page.composer.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  page.message.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && editing) return stopEditing();
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  page.message.addEventListener('input', (event) => {
    fit();
    sayTyping(event);
  });
  page.name.addEventListener('change', () => {
    remember('name', page.name.value.trim().normalize('NFC').replace(/ +/g, ' '));
    renamed();
  });
  page.cancel.addEventListener('click', () => {
    stopEditing();
    page.message.focus();
  });

  page.name.value = recall('name');
  // From before the way to the provider and back.
  const draft = recall('draft', 'sessionStorage');
  if (draft) write(draft);
  remember('draft', '', 'sessionStorage');

  return {
    ownName,
    render,

    /** The server has said who this is. */
    know(next) {
      if (next.name === undefined && me.name !== undefined) page.name.value = recall('name');
      if (next.name !== undefined) page.name.value = next.name;
      me = next;
      render();
    },

    edit({ id, message }, text = message) {
      editing = { id, text: message, draft: editing ? editing.draft : page.message.value };
      write(text);
      render();
      page.message.focus();
    },

    /** The message is gone; what was typed is not. */
    leave(id) {
      if (editing?.id === id) stopEditing();
    },

    /** A message that was refused is in the box again, in front of what was typed since. */
    takeBack({ message }, text) {
      page.error.textContent = text;
      if (editing) editing.draft = [message, editing.draft].filter(Boolean).join('\n');
      else write([message, page.message.value].filter(Boolean).join('\n'));
    },

    get isEditing() {
      return editing !== undefined;
    },

    /** Before the page is left. */
    keepDraft: () => remember('draft', editing ? editing.draft : page.message.value, 'sessionStorage'),
  };
}
