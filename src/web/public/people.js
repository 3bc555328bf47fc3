import { element } from './element.js';

/** How long somebody counts as typing after the last sign of it. */
const TYPING_MS = 3_000;
/** Who was here a moment ago and comes back, after a restart of the server, say, is no news. */
const BACK_MS = 60_000;

/** Who is present and who is typing, as the header and the line above the message box show it. */
export function showPeople({ present, count, names, typing }, { texts, ownName, forUser }) {
  /** Nobody knows who is there while there is no connection. */
  let isKnown = false;
  let users = new Set();
  /** How many are present beyond those the server names. */
  let unnamed = 0;
  const justLeft = new Set();
  const typists = new Map();

  function leftNow(username) {
    justLeft.add(username);
    setTimeout(() => justLeft.delete(username), BACK_MS);
  }

  function knowAll({ users: named = [], user_count: total }) {
    isKnown = true;
    users.forEach(leftNow);
    users = new Set(named);
    unnamed = total - named.length;
    render();
  }

  function render() {
    const total = users.size + unnamed;
    present.hidden = !isKnown || total === 0;
    count.textContent = texts().present(total);
    if (present.open) renderNames();
    renderTyping();
  }

  function renderNames() {
    const sorted = [...users].sort((a, b) => a.localeCompare(b));
    names.replaceChildren(
      ...sorted.map((username) => {
        const item = element('li');
        item.append(nameOf(username), username === ownName() ? ` (${texts().you})` : '');
        return item;
      }),
    );
    if (unnamed > 0) names.append(element('li', 'unnamed', texts().unnamed(unnamed)));
  }

  /** For a moderator a button, which opens what can be done about the user. */
  function nameOf(username) {
    const name = element('bdi', '', username);
    const act = forUser(username);
    if (!act) return name;
    const button = element('button');
    button.type = 'button';
    button.ariaHasPopup = 'dialog';
    button.append(name);
    button.addEventListener('click', act);
    return button;
  }

  function renderTyping() {
    const [first, second, third] = typists.keys();
    typing.replaceChildren();
    if (first === undefined) return;
    if (third !== undefined) typing.append(texts().manyType);
    else if (second === undefined) typing.append(element('bdi', '', first), ` ${texts().oneTypes}`);
    else {
      typing.append(element('bdi', '', first), ` ${texts().and} `, element('bdi', '', second), ` ${texts().twoType}`);
    }
  }

  function stopTyping(username) {
    clearTimeout(typists.get(username));
    if (typists.delete(username)) renderTyping();
  }

  function close() {
    present.open = false;
  }

  present.addEventListener('toggle', () => present.open && renderNames());
  present.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !present.open) return;
    close();
    count.focus();
  });
  document.addEventListener('pointerdown', (event) => {
    if (!present.contains(event.target)) close();
  });

  return {
    render,
    stopTyping,

    welcome: knowAll,
    /** They are too many to be named, or few enough again. */
    presence: knowAll,

    unknown() {
      isKnown = false;
      close();
      for (const username of [...typists.keys()]) stopTyping(username);
      render();
    },

    /** Whether it is news. */
    joined(username) {
      if (users.has(username)) return false;
      users.add(username);
      render();
      return !justLeft.delete(username);
    },

    left(username) {
      if (users.delete(username)) leftNow(username);
      else unnamed = Math.max(0, unnamed - 1);
      stopTyping(username);
      render();
    },

    types(username) {
      // In another window, perhaps.
      if (username === ownName()) return;
      clearTimeout(typists.get(username));
      const isNew = !typists.has(username);
      typists.set(
        username,
        setTimeout(() => stopTyping(username), TYPING_MS),
      );
      if (isNew) renderTyping();
    },
  };
}
