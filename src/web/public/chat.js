import { isChat, openFeed } from './feed.js';
import { OTHER, TEXTS } from './texts.js';

const MAX_ENTRIES = 500;
const ANSWER_MS = 10_000;
/** Messages of one user within this time stand together under one name. */
const GROUP_MS = 5 * 60_000;
/** The server closes a connection that brings more bytes than it takes. */
const FRAME_TOO_LONG = 1009;

const ids = ['status', 'language', 'log', 'empty', 'list', 'more', 'composer', 'error', 'name', 'message', 'send'];
const page = Object.fromEntries(ids.map((id) => [id, document.getElementById(id)]));

/** What is shown, oldest first: frames of the types `chat_message` and `user_joined`. */
let entries = [];
let state = 'connecting';
/** The message that was sent and is not answered yet; its text stays in the box until then. */
let pending;
let atEnd = true;
let scrollFrame = 0;
let unread = 0;
let language = TEXTS[recall('language')] ? recall('language') : /^de\b/i.test(navigator.language) ? 'de' : 'en';
let formats;

// ---- State

function show(next) {
  state = next;
  const text = TEXTS[language][state];
  // The same text set again would be read out again.
  if (page.status.textContent !== text) page.status.textContent = text;
  page.status.dataset.state = state;
  page.send.disabled = state !== 'connected';
}

function onState(next, code) {
  // What is not answered by now never will be: it is in the history, or was not stored.
  if (code === FRAME_TOO_LONG) refuse(TEXTS[language].tooLong);
  else if (next === 'connected') settle();
  else clearTimeout(pending?.timer);
  show(`refused${code}` in TEXTS[language] ? `refused${code}` : next);
  page.empty.hidden = next !== 'connected' || entries.length > 0;
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
  pending = { username, message: typed.trim(), typed, timer: setTimeout(feed.lose, ANSWER_MS) };
  feed.send({ type: 'chat_message', username, message: pending.message });
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

function restart(messages) {
  entries = [...messages];
  render();
}

function render() {
  // Only what is new is to be read out.
  page.log.ariaLive = 'off';
  page.list.replaceChildren();
  entries.forEach((frame, i) => draw(frame, entries[i - 1]));
  setTimeout(() => (page.log.ariaLive = 'polite'), 500);
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
window.addEventListener('online', () => feed.hurry());
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  showUnread(0);
  feed.hurry();
});

page.name.value = recall('name');
speak(language);
const feed = openFeed({ state: onState, restart, frame: append, error: refuse });
