import { showAccount } from './account.js';
import { openFigures } from './figures.js';
import { recall, remember } from './memory.js';
import { openModeration } from './moderation.js';
import { openPanel } from './panel.js';
import { showPeople } from './people.js';
import { openSignIn } from './sign-in.js';
import { OTHER, TEXTS } from './texts.js';
import { openTokens } from './tokens.js';

const FORBIDDEN = 4403;
const UNAUTHORIZED = 4401;

const page = Object.fromEntries([...document.querySelectorAll('[id]')].map((found) => [found.id, found]));
const { room } = page;

let language = TEXTS[recall('language')] ? recall('language') : /^de\b/i.test(navigator.language) ? 'de' : 'en';
/** The element's client that is subscribed to; the element creates another one whenever the visitor's identity changes. */
let client;
let wasLive = false;

const texts = () => TEXTS[language];
const snapshot = () => room.client?.getSnapshot() ?? {};
const signIn = openSignIn();
const tokens = openTokens(signIn, { client: () => room.client, account: () => account });
const moderation = openModeration(page.actions, { texts, request: (path, init) => signIn.fetch(path, language, init) });
const people = showPeople(page, {
  texts,
  ownName: () => snapshot().username,
  moderate: (username) => snapshot().can?.moderate && (() => moderation.open(username)),
});
const figures = openFigures(page.panel, {
  texts,
  language: () => language,
  isConnected: () => snapshot().state === 'live',
  async request(path) {
    const response = await signIn.fetch(path, language);
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response.json();
  },
});
const account = showAccount(page, {
  texts,
  signIn,
  hasBegun: () => wasLive,
  entered,
  signedOut() {
    void room.client?.close();
    forget();
  },
});

/** Removes drafts and unsent messages, which the next visitor of this tab must not see. */
function forget() {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith('chat-room ')) sessionStorage.removeItem(key);
}

/** Connects, with a token or as a guest. */
async function entered() {
  if (signIn.hasToken && room.getToken) return tokens.entered();
  // Guests choose a name, which the element asks for if there is no source of tokens.
  if (signIn.hasToken) room.getToken = () => tokens.get();
  await import('./chat-room.js');
}

async function start() {
  try {
    if ((await signIn.token()) === null) return account.parked(UNAUTHORIZED);
    await entered();
    account.render();
  } catch {
    // The server may be restarting.
    setTimeout(() => void start(), 2_000);
  }
}

function onState({ state }) {
  if (room.client !== client) {
    client = room.client;
    client?.subscribe(() => people.update(snapshot()));
  }
  const { reason, can } = snapshot();
  if (state === 'live') {
    wasLive = true;
    tokens.accepted();
    account.connected();
  }
  if (state === 'ended' && reason?.code === 'FORBIDDEN') account.parked(FORBIDDEN, reason.message);
  if (state === 'ended' && reason?.code === 'UNAUTHORIZED') account.parked(UNAUTHORIZED);
  // Replaces the element's own text, which cannot tell how to sign in.
  page.reading.slot = state === 'live' && can?.write === false ? 'sign-in' : '';
  page.reading.textContent = signIn.hasToken ? texts().readOnly : texts().guestReadOnly;
  people.update(snapshot());
  figures.plan();
}

room.server = new URL('.', location.href).href;
room.rowActions = (_, { isOwn, canModerate }) =>
  canModerate && !isOwn ? [{ name: 'moderate', label: texts().moderate }] : [];
room.addEventListener('statechange', ({ detail }) => onState(detail));
room.addEventListener('rowaction', ({ detail: { message } }) => moderation.open(message.username, message.text));
openPanel(page);

function speak(next) {
  language = next;
  document.documentElement.lang = room.lang = language;
  for (const labelled of document.querySelectorAll('[data-text]')) {
    labelled.textContent = texts()[labelled.dataset.text];
  }
  for (const labelled of document.querySelectorAll('[data-label]')) {
    labelled.ariaLabel = texts()[labelled.dataset.label];
  }
  page.token.placeholder = texts().token;
  page.language.textContent = OTHER[language].label;
  page.language.lang = OTHER[language].code;
  account.render();
  people.render();
  figures.render();
}

page.language.addEventListener('click', () => {
  speak(OTHER[language].code);
  remember('language', language);
});
speak(language);
void start();
