import { element } from './element.js';

/** Time for which a join is shown, in milliseconds. */
const SHOWN_MS = 8_000;
const MAX_SHOWN = 3;
/** Time within which a return, for example after a restart of the server, is not shown, in milliseconds. */
const BACK_MS = 60_000;

/**
 * The users present, in the side panel, and recent joins. `moderate(username)` returns the action that opens the moderation
 * dialog, for moderators only.
 */
export function showPeople({ count, names, joins }, { texts, ownName, moderate }) {
  /** Undefined while there is no connection. */
  let users;
  let total = 0;
  /** Times at which users were seen last. */
  const seen = new Map();

  function showJoin(username) {
    const item = element('li', 'joined');
    item.append(element('bdi', '', username), ` ${texts().joined}`);
    joins.append(item);
    while (joins.children.length > MAX_SHOWN) joins.firstChild.remove();
    setTimeout(() => item.remove(), SHOWN_MS);
  }

  function hasJoined(username) {
    return username !== ownName() && !(Date.now() - seen.get(username) < BACK_MS);
  }

  function remember() {
    const now = Date.now();
    for (const [username, at] of seen) if (now - at > BACK_MS) seen.delete(username);
    for (const username of users ?? []) seen.set(username, now);
  }

  function item(username) {
    const made = element('li');
    const name = element('bdi', '', username);
    const act = username === ownName() ? undefined : moderate(username);
    if (act) {
      const button = element('button');
      button.type = 'button';
      button.ariaHasPopup = 'dialog';
      button.append(name);
      button.addEventListener('click', act);
      made.append(button);
    } else made.append(name, username === ownName() ? ` (${texts().you})` : '');
    return made;
  }

  function render() {
    count.textContent = users ? texts().present(total) : texts().presentUnknown;
    const sorted = [...(users ?? [])].sort((a, b) => a.localeCompare(b));
    names.replaceChildren(...sorted.map(item));
    if (users && total > users.length) names.append(element('li', 'unnamed', texts().unnamed(total - users.length)));
  }

  return {
    render,

    /** Renders a snapshot of the client. */
    update({ state, users: named = [], userCount = 0 }) {
      remember();
      if (state === 'live') {
        // The first list after connecting states who is present, not who has joined.
        if (users)
          named
            .filter((username) => !users.includes(username))
            .filter(hasJoined)
            .forEach(showJoin);
        users = named;
        total = userCount;
      } else users = undefined;
      render();
    },
  };
}
