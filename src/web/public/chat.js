import { openFeed } from './feed.js';
import { recall, remember } from './memory.js';
import { showMessages } from './messages.js';
import { openOutbox } from './outbox.js';
import { showPeople } from './people.js';
import { OTHER, TEXTS } from './texts.js';

const TYPING_INTERVAL_MS = 1_000;

const page = Object.fromEntries([...document.querySelectorAll('[id]')].map((found) => [found.id, found]));

let state = 'connecting';
let unread = 0;
let typedAt = -Infinity;
/** The name the visitor has written under: nobody is announced who only looks. */
let writesAs;
let language = TEXTS[recall('language')] ? recall('language') : /^de\b/i.test(navigator.language) ? 'de' : 'en';

const context = { texts: () => TEXTS[language], language: () => language, ownName };
const people = showPeople(page, context);
const messages = showMessages(page, context);
const outbox = openOutbox(page.outbox, {
  // If the message cannot get through, that shall be noticed now.
  send: (frame) => (feed.send(frame), feed.hurry()),
  draw: messages.pendingItem,
  refused: takeBack,
});

/** What to do with a frame of the server, by its type; the feed has looked after the connection itself. */
const onFrame = {
  welcome: people.welcome,
  chat_message(frame) {
    messages.append(frame);
    outbox.arrived(frame);
    people.stopTyping(frame.username);
    page.empty.hidden = true;
    if (document.hidden) showUnread(unread + 1);
  },
  ack(frame) {
    const message = outbox.acknowledged(frame);
    if (!message) return;
    writesAs = message.username;
    messages.sent(frame.id);
    if (frame.id > feed.lastId) return;
    // It was stored before the connection broke, and came with the replay.
    outbox.arrived(frame);
    messages.render();
  },
  // Without a `client_id`: a sign of typing under a name that will be refused with the message.
  error: outbox.failed,
  user_joined(frame) {
    if (people.joined(frame.username) && frame.username !== ownName()) messages.append(frame);
    page.empty.hidden ||= !messages.isEmpty;
  },
  user_left: ({ username }) => people.left(username),
  presence: people.presence,
  typing: ({ username }) => people.types(username),
};

function restart(history) {
  messages.restart(history);
  outbox.allArrived();
}

function onState(next, code) {
  if (next === 'connected') outbox.open();
  else {
    outbox.close(code, TEXTS[language].tooLong);
    people.unknown();
  }
  show(`refused${code}` in TEXTS[language] ? `refused${code}` : next);
  page.empty.hidden = next !== 'connected' || !messages.isEmpty;
}

function show(next) {
  state = next;
  const text = TEXTS[language][state];
  // The same text set again would be read out again.
  if (page.status.textContent !== text) page.status.textContent = text;
  page.status.dataset.state = state;
}

// ---- Writing

function submit() {
  const username = ownName();
  const message = page.message.value.trim();
  if (!username) {
    page.error.textContent = TEXTS[language].nameMissing;
    page.name.focus();
    return;
  }
  page.message.focus();
  if (message === '') return;
  page.error.textContent = '';
  page.empty.hidden = true;
  page.message.value = '';
  fitMessage();
  outbox.add(username, message);
  messages.toEnd();
  if (state !== 'connected') feed.hurry();
}

/** A message that was refused is in the box again, in front of what was typed since. */
function takeBack({ message }, text) {
  page.error.textContent = text;
  page.message.value = [message, page.message.value].filter(Boolean).join('\n');
  fitMessage();
}

function sayTyping({ timeStamp }) {
  const username = ownName();
  if (state !== 'connected' || !username || page.message.value.trim() === '') return;
  if (timeStamp - typedAt < TYPING_INTERVAL_MS) return;
  typedAt = timeStamp;
  feed.send({ type: 'typing', username });
}

/** As the server will write it, so that one's own messages are known. */
function ownName() {
  return page.name.value.trim().normalize('NFC').replace(/ +/g, ' ');
}

// ---- Page

function speak(next) {
  language = next;
  const texts = TEXTS[language];
  document.documentElement.lang = language;
  for (const labelled of document.querySelectorAll('[data-text]')) labelled.textContent = texts[labelled.dataset.text];
  for (const labelled of document.querySelectorAll('[data-label]')) labelled.ariaLabel = texts[labelled.dataset.label];
  page.language.textContent = OTHER[language].label;
  page.language.lang = OTHER[language].code;
  page.error.textContent = '';
  show(state);
  render();
}

function render() {
  messages.render();
  outbox.render();
  people.render();
}

function showUnread(count) {
  unread = count;
  document.title = unread ? `(${unread}) Chat` : 'Chat';
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

page.composer.addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
});
page.message.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
page.message.addEventListener('input', (event) => {
  fitMessage();
  sayTyping(event);
});
page.name.addEventListener('change', () => {
  remember('name', ownName());
  render();
});
page.language.addEventListener('click', () => {
  speak(OTHER[language].code);
  remember('language', language);
});
window.visualViewport?.addEventListener('resize', fitKeyboard);
window.addEventListener('online', () => feed.hurry());
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  showUnread(0);
  feed.hurry();
});

page.name.value = recall('name');
page.send.disabled = false;
speak(language);
const feed = openFeed({
  state: onState,
  restart,
  frame: (frame) => onFrame[frame.type]?.(frame),
  username: () => writesAs,
});
