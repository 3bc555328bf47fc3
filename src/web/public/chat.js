import { showAccount } from './account.js';
import { openActions } from './actions.js';
import { openChanges } from './changes.js';
import { openComposer } from './composer.js';
import { openFeed } from './feed.js';
import { openFigures } from './figures.js';
import { recall, remember } from './memory.js';
import { showMessages } from './messages.js';
import { openOutbox } from './outbox.js';
import { openPanel } from './panel.js';
import { showPeople } from './people.js';
import { openSignIn } from './sign-in.js';
import { OTHER, TEXTS } from './texts.js';

const page = Object.fromEntries([...document.querySelectorAll('[id]')].map((found) => [found.id, found]));

let state = 'connecting';
let unread = 0;
/** The name the visitor has written under: nobody is announced who only looks. */
let writesAs;
/** Who the server says this is; empty where it knows no users. */
let me = {};
let language = TEXTS[recall('language')] ? recall('language') : /^de\b/i.test(navigator.language) ? 'de' : 'en';

const texts = () => TEXTS[language];
const signIn = openSignIn();
const composer = openComposer(page, {
  texts,
  say(username, message) {
    page.empty.hidden = true;
    outbox.add(username, message);
    messages.toEnd();
    if (state !== 'connected') feed.hurry();
  },
  change: (id, message) => change({ type: 'edit', id, message }),
  typing: (username) => state === 'connected' && (feed.send({ type: 'typing', username }), true),
  renamed: render,
});
const actions = openActions(page, {
  texts,
  me: () => ({ ...me, editWindowMs: (signIn.access?.edit_window_seconds ?? 0) * 1000 }),
  edit: (id) => composer.edit(messages.find(id)),
  remove: (id) => change({ type: 'delete', id }),
  request: (path, init) => signIn.fetch(path, init),
});
const context = {
  texts,
  language: () => language,
  ownName: composer.ownName,
  pending: (id) => changes.of(id),
  actions: actions.of,
  forUser: actions.forUser,
};
const people = showPeople(page, context);
const messages = showMessages(page, context);
const outbox = openOutbox(page.outbox, {
  // If the message cannot get through, that shall be noticed now.
  send: (frame) => (feed.send(frame), feed.hurry()),
  draw: messages.pendingItem,
  refused: composer.takeBack,
});
const changes = openChanges({
  send: (frame) => (feed.send(frame), feed.hurry()),
  redraw,
  refused: takeChangeBack,
});
const figures = openFigures(page.panel, {
  texts,
  language: () => language,
  isConnected: () => state === 'connected',
  async request(path) {
    const response = await signIn.fetch(path);
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response.json();
  },
});
openPanel(page);
const account = showAccount(page, {
  texts,
  signIn,
  hasBegun: () => feed.lastId !== undefined,
  leaving: composer.keepDraft,
  entered: () => feed.resume(),
  signedOut() {
    outbox.forget();
    changes.forget();
    feed.stop();
  },
});

/** What to do with a frame of the server, by its type; the feed has looked after the connection itself. */
const onFrame = {
  welcome(frame) {
    people.welcome(frame);
    know(frame);
  },
  chat_message(frame) {
    messages.append(frame);
    actions.settle();
    outbox.arrived(frame);
    people.stopTyping(frame.username);
    page.empty.hidden = true;
    if (document.hidden) showUnread(unread + 1);
  },
  message_changed(frame) {
    changes.arrived(frame);
    messages.change(frame);
    actions.settle();
    if (frame.deleted_at) composer.leave(frame.id);
  },
  ack(frame) {
    if (changes.acknowledged(frame)) {
      // It was made before the connection broke, and came with the replay.
      const shown = messages.find(frame.id);
      if (shown) changes.arrived(shown);
      redraw(frame.id);
    }
    const message = outbox.acknowledged(frame);
    if (!message) return;
    writesAs = message.username;
    messages.sent(frame.id);
    if (frame.id > feed.lastId) return;
    // It was stored before the connection broke, and came with the replay.
    outbox.arrived(frame);
    messages.render();
    actions.settle();
  },
  // Without a `client_id`: a sign of typing under a name that will be refused with the message.
  error(frame) {
    outbox.failed(frame);
    changes.failed(frame);
  },
  user_joined(frame) {
    if (people.joined(frame.username) && frame.username !== composer.ownName()) messages.append(frame);
    page.empty.hidden ||= !messages.isEmpty;
  },
  user_left: ({ username }) => people.left(username),
  presence: people.presence,
  typing: ({ username }) => people.types(username),
  authenticated: () => account.connected(),
  async token_expiring() {
    const isRenewed = (await signIn.renew()) === 'renewed';
    const token = await signIn.token();
    if (isRenewed && token) feed.send({ type: 'authenticate', token });
    else account.expiring();
  },
};

/** Who the server says this is. A guest's name begins with a mark, that of a user it knows never. */
function know({ can, username }) {
  const isKnown = can !== undefined && username !== null && !username.startsWith('~');
  const isOther = can !== me.can && JSON.stringify([can, username]) !== JSON.stringify([me.can, me.name ?? null]);
  me = { can, name: isKnown ? username : undefined };
  composer.know(me);
  if (isKnown) {
    outbox.belongsTo(username, texts().otherUser);
    changes.belongTo(username);
  }
  if (isOther) render();
}

function change(wish) {
  changes.add({ ...wish, by: me.name });
  if (state !== 'connected') feed.hurry();
}

function takeChangeBack({ type, id, message }, text) {
  const found = messages.find(id);
  // The text is not lost, unless another one is being edited.
  if (type === 'edit' && found && !found.deleted_at && !composer.isEditing) composer.edit(found, message);
  page.error.textContent = text;
}

function redraw(id) {
  messages.redraw(id);
  actions.settle();
}

function restart(history) {
  changes.allArrived();
  messages.restart(history);
  actions.settle();
  outbox.allArrived();
}

function onState(next, code, said) {
  if (next === 'connected') {
    outbox.open();
    changes.open();
    account.connected();
  } else {
    outbox.close(code, texts().tooLong);
    changes.close(code, texts().tooLong);
    people.unknown();
    if (next === 'parked') account.parked(code, said);
  }
  show(`refused${code}` in texts() ? `refused${code}` : next);
  page.empty.hidden = next !== 'connected' || !messages.isEmpty;
}

function show(next) {
  state = next;
  const text = texts()[state];
  // The same text set again would be read out again.
  if (page.status.textContent !== text) page.status.textContent = text;
  page.status.dataset.state = state;
  figures.plan();
}

// ---- Page

function speak(next) {
  language = next;
  document.documentElement.lang = language;
  for (const labelled of document.querySelectorAll('[data-text]')) {
    labelled.textContent = texts()[labelled.dataset.text];
  }
  for (const labelled of document.querySelectorAll('[data-label]')) {
    labelled.ariaLabel = texts()[labelled.dataset.label];
  }
  page.token.placeholder = texts().token;
  page.language.textContent = OTHER[language].label;
  page.language.lang = OTHER[language].code;
  page.error.textContent = '';
  show(state);
  composer.render();
  account.render();
  render();
}

function render() {
  messages.render();
  actions.settle();
  outbox.render();
  people.render();
  figures.render();
}

function showUnread(count) {
  unread = count;
  document.title = unread ? `(${unread}) Chat` : 'Chat';
}

/** iOS puts the keyboard over the page instead of making it smaller. */
function fitKeyboard() {
  const { height, scale } = window.visualViewport;
  if (scale === 1) document.documentElement.style.setProperty('--height', `${height}px`);
}

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

const feed = openFeed(
  { state: onState, restart, frame: (frame) => onFrame[frame.type]?.(frame), username: () => writesAs },
  signIn,
);
page.send.disabled = false;
speak(language);
