import { element } from './element.js';

const MAX_ENTRIES = 500;
/** Messages of one user within this time stand together under one name. */
const GROUP_MS = 5 * 60_000;

/** The list of messages and joins, and the place in it that is looked at. */
export function showMessages({ log, list, more }, { texts, language, ownName }) {
  /** What is shown, oldest first: frames of the types `chat_message` and `user_joined`. */
  let entries = [];
  /** Ids of messages that were sent from here; those of earlier visits are told by the name. */
  const sentHere = new Set();
  let formats;
  let atEnd = true;
  let scrollFrame = 0;

  function draw(frame, previous) {
    const day = formats.day.format(new Date(frame.timestamp));
    const sameDay = previous && formats.day.format(new Date(previous.timestamp)) === day;
    if (!sameDay) list.append(element('li', 'day', day));
    list.append(isChat(frame) ? chatItem(frame, sameDay && previous) : joinedItem(frame));
  }

  function chatItem({ id, username, message, timestamp }, previous, own = isOwn(id, username)) {
    const at = new Date(timestamp);
    const same =
      previous && isChat(previous) && previous.username === username && at - new Date(previous.timestamp) < GROUP_MS;
    const item = element('li', `chat${own ? ' own' : ''}${same ? ' same' : ''}`);
    const who = element('p', `who name-${hue(username)}${own || same ? ' unseen' : ''}`, own ? texts().you : username);
    const bubble = element('div', 'bubble');
    const text = element('p', 'text', message);
    const time = element('time', '', formats.time.format(at));
    who.dir = text.dir = 'auto';
    time.dateTime = timestamp;
    time.title = formats.full.format(at);
    bubble.append(text, time);
    item.append(who, bubble);
    return item;
  }

  function isOwn(id, username) {
    return sentHere.has(id) || username === ownName();
  }

  function joinedItem({ username }) {
    const item = element('li', 'joined');
    item.append(element('bdi', '', username), ` ${texts().joined}`);
    return item;
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
