import { OTHER, TEXTS } from './texts.js';

const HISTORY = 100;
const MAX_ENTRIES = 500;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** Without an answer for this long a connection is dead, even if the browser has not noticed. */
const ANSWER_MS = 10_000;
/** Messages of one user within this time stand together under one name. */
const GROUP_MS = 5 * 60_000;
/** Close codes. A refusal is told in place of the state; a frame that is too long is the user's to mend. */
const REFUSALS = [1008, 4009];
const FRAME_TOO_LONG = 1009;

const ids = ['status', 'language', 'log', 'empty', 'list', 'more', 'composer', 'error', 'name', 'message', 'send'];
const page = Object.fromEntries(ids.map((id) => [id, document.getElementById(id)]));

/** What is shown, oldest first: frames of the types `chat_message` and `user_joined`. */
let entries = [];
/** The connection in use; what an earlier one still brings is ignored. */
let connection;
let state = 'connecting';
let failures = 0;
let retryTimer;
/** The message that was sent and is not answered yet; its text stays in the box until then. */
let pending;
let atEnd = true;
let scrollFrame = 0;
let unread = 0;
let language = TEXTS[recall('language')] ? recall('language') : /^de\b/i.test(navigator.language) ? 'de' : 'en';
let formats;

// ---- Connection

function connect() {
  clearTimeout(retryTimer);
  const url = new URL('ws', location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url);
  const stop = new AbortController();
  const tooLate = setTimeout(lose, ANSWER_MS);
  const live = [];
  let history;
  let beyondHistory = false;
  const mine = (connection = { send: (frame) => socket.send(JSON.stringify(frame)), lose });

  // The history is asked for once the socket is open, so that nothing falls between the two.
  socket.onopen = async () => {
    try {
      const messages = await fetchHistory(stop.signal);
      if (connection !== mine) return;
      history = messages;
    } catch {
      lose();
      return;
    }
    clearTimeout(tooLate);
    catchUp(history);
    const chats = live.filter(isChat);
    const known = countKnown(history, chats);
    beyondHistory = known < chats.length;
    live.slice(known && live.indexOf(chats[known - 1]) + 1).forEach(append);
    settle();
    failures = 0;
    show('connected');
  };
  socket.onmessage = ({ data }) => {
    if (connection !== mine) return;
    const frame = JSON.parse(data);
    if (frame.type === 'error') refuse(frame.message);
    else if (isChat(frame) || frame.type === 'user_joined') receive(frame);
  };
  socket.onclose = ({ code }) => lose(code);

  /** A message can be in the history before its frame is here: frames are compared until one is not in it. */
  function receive(frame) {
    if (history && (beyondHistory || !isChat(frame))) {
      append(frame);
      return;
    }
    live.push(frame);
    if (!history) return;
    const chats = live.filter(isChat);
    beyondHistory = countKnown(history, chats) < chats.length;
    if (beyondHistory) append(frame);
  }

  function lose(code) {
    if (connection !== mine) return;
    connection = undefined;
    clearTimeout(tooLate);
    clearTimeout(pending?.timer);
    stop.abort();
    socket.close();
    if (code === FRAME_TOO_LONG) refuse(TEXTS[language].tooLong);
    show(REFUSALS.includes(code) ? `refused${code}` : 'reconnecting');
    const delay = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++);
    retryTimer = setTimeout(connect, delay * (0.5 + Math.random() / 2));
  }
}

/** The frames that live listeners would have got. */
async function fetchHistory(signal) {
  const response = await fetch(`api/messages/recent?limit=${HISTORY}`, { signal, cache: 'no-store' });
  if (!response.ok) throw new Error(`history: ${response.status}`);
  const { messages } = await response.json();
  return messages.map((message) => ({ ...message, type: 'chat_message', timestamp: `${message.timestamp}Z` }));
}

/** Goes on where the list ends, or begins it anew when too much was missed. */
function catchUp(history) {
  const known = countKnown(entries.filter(isChat), history);
  if (known > 0) {
    history.slice(known).forEach(append);
    return;
  }
  entries = history;
  render();
}

/** How many of `next` are in `shown` already, where the two overlap: live frames carry no id. */
function countKnown(shown, next) {
  let longest = 0;
  let known = 0;
  for (let start = 1 - next.length; start < shown.length; start++) {
    const from = Math.max(start, 0);
    const to = Math.min(start + next.length, shown.length);
    if (to - from <= longest) continue;
    let i = from;
    while (i < to && isSame(shown[i], next[i - start])) i++;
    if (i < to) continue;
    longest = to - from;
    known = to - start;
  }
  return known;
}

function isChat(frame) {
  return frame.type === 'chat_message';
}

function isSame(a, b) {
  return a.username === b.username && a.message === b.message && a.timestamp === b.timestamp;
}

function show(next) {
  state = next;
  const text = TEXTS[language][state];
  // Setting the same text again would be read out again.
  if (page.status.textContent !== text) page.status.textContent = text;
  page.status.dataset.state = state;
  page.send.disabled = state !== 'connected';
}

// ---- Sending

function submit() {
  const username = ownName();
  const typed = page.message.value;
  if (!username) {
    page.error.textContent = TEXTS[language].nameMissing;
    page.name.focus();
    return;
  }
  page.message.focus();
  if (state !== 'connected' || pending || typed.trim() === '') return;
  page.error.textContent = '';
  pending = { username, message: typed.trim(), typed, timer: setTimeout(connection.lose, ANSWER_MS) };
  connection.send({ type: 'chat_message', username, message: pending.message });
}

/** The own message came back: its text leaves the box, what was typed since stays. */
function confirm(frame) {
  if (frame.username !== pending?.username || frame.message !== pending.message) return;
  if (page.message.value.startsWith(pending.typed)) {
    page.message.value = page.message.value.slice(pending.typed.length);
  }
  settle();
  fitMessage();
  toEnd();
}

function refuse(text) {
  page.error.textContent = text;
  settle();
}

function settle() {
  clearTimeout(pending?.timer);
  pending = undefined;
}

function ownName() {
  return page.name.value.trim().normalize('NFC');
}

// ---- List

function append(frame) {
  const follow = atEnd;
  draw(frame, entries.at(-1));
  entries.push(frame);
  if (entries.length > MAX_ENTRIES) entries.shift();
  while (page.list.childElementCount > MAX_ENTRIES) page.list.firstElementChild.remove();
  page.empty.hidden = true;
  if (follow) toEnd();
  if (!isChat(frame)) return;
  if (!follow) page.more.hidden = false;
  if (document.hidden) showUnread(unread + 1);
  confirm(frame);
}

function render() {
  page.list.replaceChildren();
  entries.forEach((frame, i) => draw(frame, entries[i - 1]));
  page.empty.hidden = entries.length > 0 || state === 'connecting';
  if (atEnd) toEnd();
}

function draw(frame, previous) {
  const at = new Date(frame.timestamp);
  const day = formats.day.format(at);
  const sameDay = previous && formats.day.format(new Date(previous.timestamp)) === day;
  if (!sameDay) page.list.append(element('li', 'day', day));
  page.list.append(isChat(frame) ? chatItem(frame, at, sameDay && previous) : joinedItem(frame));
}

function chatItem({ username, message, timestamp }, at, previous) {
  const own = username === ownName();
  const same =
    previous && isChat(previous) && previous.username === username && at - new Date(previous.timestamp) < GROUP_MS;
  const item = element('li', `chat${own ? ' own' : ''}${same ? ' same' : ''}`);
  const who = element(
    'p',
    `who name-${hue(username)}${own || same ? ' unseen' : ''}`,
    own ? TEXTS[language].you : username,
  );
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

function joinedItem({ username }) {
  const item = element('li', 'joined');
  item.append(element('bdi', '', username), ` ${TEXTS[language].joined}`);
  return item;
}

function element(tag, className, text = '') {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function hue(username) {
  let sum = 0;
  for (const character of username) sum = (sum * 31 + character.codePointAt(0)) % 6007;
  return sum % 6;
}

function toEnd() {
  atEnd = true;
  page.more.hidden = true;
  scrollFrame ||= requestAnimationFrame(() => {
    scrollFrame = 0;
    page.log.scrollTop = page.log.scrollHeight;
  });
}

function showUnread(count) {
  unread = count;
  document.title = unread ? `(${unread}) Chat` : 'Chat';
}

// ---- Page

function speak(next) {
  language = next;
  const texts = TEXTS[language];
  document.documentElement.lang = language;
  for (const labelled of document.querySelectorAll('[data-text]')) labelled.textContent = texts[labelled.dataset.text];
  page.log.ariaLabel = texts.log;
  page.language.textContent = OTHER[language].label;
  page.language.lang = OTHER[language].code;
  page.error.textContent = '';
  formats = {
    time: new Intl.DateTimeFormat(language, { timeStyle: 'short' }),
    day: new Intl.DateTimeFormat(language, { dateStyle: 'full' }),
    full: new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'medium' }),
  };
  show(state);
  render();
}

function fitMessage() {
  page.message.style.height = 'auto';
  page.message.style.height = `${page.message.scrollHeight + 2}px`;
}

/** iOS puts the keyboard over the page instead of making it smaller. */
function fitKeyboard() {
  const { height, scale } = window.visualViewport;
  if (scale === 1) document.documentElement.style.setProperty('--height', `${height}px`);
}

function recall(key) {
  try {
    return localStorage.getItem(`chat.${key}`) ?? '';
  } catch {
    return '';
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(`chat.${key}`, value);
  } catch {
    // Storage is switched off: the page works without a memory.
  }
}

page.composer.addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
});
page.message.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
page.message.addEventListener('input', fitMessage);
page.name.addEventListener('change', () => {
  remember('name', ownName());
  render();
});
page.language.addEventListener('click', () => {
  speak(OTHER[language].code);
  remember('language', language);
});
page.more.addEventListener('click', () => {
  toEnd();
  page.log.focus();
});
page.log.addEventListener('scroll', () => {
  atEnd = page.log.scrollHeight - page.log.scrollTop - page.log.clientHeight < 40;
  if (atEnd) page.more.hidden = true;
});
new ResizeObserver(() => atEnd && toEnd()).observe(page.log);
window.visualViewport?.addEventListener('resize', fitKeyboard);
window.addEventListener('online', () => connection ?? connect());
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  showUnread(0);
  connection ?? connect();
});

page.name.value = recall('name');
speak(language);
connect();
