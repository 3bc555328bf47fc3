import { element } from './element.js';

const MAX_ENTRIES = 500;
/** Messages of one user within this time stand together under one name. */
const GROUP_MS = 5 * 60_000;

/**
 * The list of messages and joins, and the place in it that is looked at. `pending(id)` is a change of a message on its way,
 * `actions(frame)` the button for what this user may do with it.
 */
export function showMessages({ log, list, more }, { texts, language, ownName, pending, actions }) {
  /** What is shown, oldest first: frames of the types `chat_message` and `user_joined`. */
  let entries = [];
  /** Ids of messages that were sent from here; those of earlier visits are told by the name. */
  const sentHere = new Set();
  let formats;
  let atEnd = true;
  let scrollFrame = 0;

  function draw(frame, previous) {
    const sameDay = previous && dayOf(previous) === dayOf(frame);
    if (!sameDay) list.append(element('li', 'day', dayOf(frame)));
    list.append(isChat(frame) ? chatItem(frame, sameDay && previous) : joinedItem(frame));
  }

  function dayOf({ timestamp }) {
    return formats.day.format(new Date(timestamp));
  }

  function chatItem(frame, previous, own = isOwn(frame.id, frame.username)) {
    const { id, username, timestamp, edited_at: editedAt, deleted_at: deletedAt } = frame;
    const at = new Date(timestamp);
    const same =
      previous && isChat(previous) && previous.username === username && at - new Date(previous.timestamp) < GROUP_MS;
    const item = element('li', `chat${own ? ' own' : ''}${same ? ' same' : ''}`);
    const who = element('p', `who name-${hue(username)}${own || same ? ' unseen' : ''}`, own ? texts().you : username);
    const bubble = element('div', 'bubble');
    const time = element('time', '', formats.time.format(at));
    const change = id === undefined ? undefined : pending(id);
    const text = deletedAt ? goneText(frame) : element('p', 'text', change?.message ?? frame.message);
    who.dir = text.dir = 'auto';
    time.dateTime = timestamp;
    time.title = formats.full.format(at);
    bubble.append(text, editedAt && !deletedAt ? withMark(time, editedAt) : time);
    item.append(who, bubble);
    if (id !== undefined) item.dataset.id = id;
    if (change && !deletedAt) {
      item.classList.add('pending');
      item.append(element('span', 'unseen', texts()[change.type === 'edit' ? 'editing' : 'deleting']));
    } else if (id !== undefined) item.append(...actions(frame));
    return item;
  }

  function goneText({ username, deleted_by: by, deleted_at: at }) {
    const text = element('p', 'text gone', by === username ? texts().deleted : texts().deletedByModerator);
    text.title = formats.full.format(new Date(at));
    return text;
  }

  function withMark(time, editedAt) {
    const both = element('span', 'when');
    const mark = element('time', 'edited', texts().edited);
    mark.dateTime = editedAt;
    mark.title = `${texts().edited}: ${formats.full.format(new Date(editedAt))}`;
    both.append(mark, ' · ', time);
    return both;
  }

  function isOwn(id, username) {
    return sentHere.has(id) || username === ownName();
  }

  function joinedItem({ username }) {
    const item = element('li', 'joined');
    item.append(element('bdi', '', username), ` ${texts().joined}`);
    return item;
  }

  function indexOf(id) {
    return entries.findLastIndex((frame) => isChat(frame) && frame.id === id);
  }

  /** Shows one message anew, where it stands. */
  function redraw(id) {
    const i = indexOf(id);
    const old = list.querySelector(`[data-id="${id}"]`);
    if (i === -1 || !old) return;
    const [previous, frame] = [entries[i - 1], entries[i]];
    const hadFocus = old.contains(document.activeElement);
    const item = chatItem(frame, previous && dayOf(previous) === dayOf(frame) && previous);
    old.replaceWith(item);
    if (hadFocus) (item.querySelector('button') ?? log).focus();
    if (atEnd) toEnd();
  }

  function render() {
    formats = {
      time: new Intl.DateTimeFormat(language(), { timeStyle: 'short' }),
      day: new Intl.DateTimeFormat(language(), { dateStyle: 'full' }),
      full: new Intl.DateTimeFormat(language(), { dateStyle: 'full', timeStyle: 'medium' }),
    };
    // Only what is new is to be read out.
    log.ariaLive = 'off';
    list.replaceChildren();
    entries.forEach((frame, i) => draw(frame, entries[i - 1]));
    setTimeout(() => (log.ariaLive = 'polite'), 500);
    if (atEnd) toEnd();
  }

  function toEnd() {
    atEnd = true;
    more.hidden = true;
    scrollFrame ||= requestAnimationFrame(() => {
      scrollFrame = 0;
      log.scrollTop = log.scrollHeight;
    });
  }

  more.addEventListener('click', () => {
    toEnd();
    log.focus();
  });
  log.addEventListener('scroll', () => {
    atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    if (atEnd) more.hidden = true;
  });
  new ResizeObserver(() => atEnd && toEnd()).observe(log);

  return {
    render,
    redraw,
    toEnd,

    get isEmpty() {
      return entries.length === 0;
    },

    restart(messages) {
      entries = [...messages];
      render();
    },

    append(frame) {
      const follow = atEnd;
      draw(frame, entries.at(-1));
      entries.push(frame);
      if (entries.length > MAX_ENTRIES) entries.shift();
      while (list.childElementCount > MAX_ENTRIES) list.firstElementChild.remove();
      if (follow) toEnd();
      else if (isChat(frame)) more.hidden = false;
    },

    /** The new state of a message; one that is not shown any more has none here. */
    change(frame) {
      const i = indexOf(frame.id);
      if (i === -1) return;
      // What both forms have, and only the message's tells: whether its author was known.
      const { verified } = entries[i];
      entries[i] = { ...frame, type: 'chat_message', verified };
      redraw(frame.id);
    },

    /** A message as it was told last. */
    find(id) {
      return entries[indexOf(id)];
    },

    /** A message with this id is the reader's own, whatever the name field says. */
    sent(id) {
      sentHere.add(id);
    },

    /** The item of a message that is on its way. */
    pendingItem({ username, message }) {
      const frame = { username, message, timestamp: new Date().toISOString() };
      const item = chatItem(frame, entries.at(-1), true);
      item.classList.add('pending');
      item.append(element('span', 'unseen', texts().sending));
      return item;
    },
  };
}

function isChat(frame) {
  return frame.type === 'chat_message';
}

function hue(username) {
  let sum = 0;
  for (const character of username) sum = (sum * 31 + character.codePointAt(0)) % 6007;
  return sum % 6;
}
