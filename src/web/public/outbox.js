import { newId } from './client-id.js';
import { recall, remember } from './memory.js';

/** The server closes a connection that brings more bytes than it takes. */
const FRAME_TOO_LONG = 1009;

/** A longer wait is no delay but a refusal: the text goes back to its author, who hears why. */
const LONGEST_WAIT_MS = 60_000;

/**
 * The own messages until they are part of the log. Each is sent until the server has answered for it, always with the
 * same `client_id`, so that it is stored once. One at a time, so that their order stays.
 * `send(frame)` sends, `draw(message)` makes the list item of one, `refused(message, text)` takes one back.
 */
export function openOutbox(list, { send, draw, refused }) {
  /** Not answered, oldest first. */
  let unanswered = stored();
  /** Answered, by the id under which they will come. */
  const coming = new Map();
  /** The message that was taken back last. Sent again as it was, it is the same message. */
  let returned;
  let isOpen = false;
  let retryTimer;
  const items = new Map();

  function sendFirst() {
    clearTimeout(retryTimer);
    if (isOpen && unanswered.length > 0) send({ type: 'chat_message', ...unanswered[0] });
  }

  function show(message) {
    const item = draw(message);
    items.set(message.client_id, item);
    list.append(item);
  }

  function hide({ client_id }) {
    items.get(client_id)?.remove();
    items.delete(client_id);
  }

  function store() {
    remember('outbox', JSON.stringify(unanswered), 'sessionStorage');
  }

  function takeBack(text) {
    returned = unanswered.shift();
    store();
    hide(returned);
    refused(returned, text);
    sendFirst();
  }

  return {
    add(username, message) {
      const isSame = returned?.username === username && returned.message === message;
      const added = { client_id: isSame ? returned.client_id : newId(), username, message };
      returned = undefined;
      unanswered.push(added);
      store();
      show(added);
      if (unanswered.length === 1) sendFirst();
    },

    open() {
      isOpen = true;
      sendFirst();
    },

    /** Whoever is signed in now writes only under this name: messages of somebody else are not sent under it. */
    belongsTo(username, text) {
      const others = unanswered.filter((message) => message.username !== username);
      unanswered = unanswered.filter((message) => message.username === username);
      store();
      for (const message of others) {
        hide(message);
        refused(message, text);
      }
    },

    forget() {
      unanswered = [];
      store();
    },

    close(code, tooLong) {
      isOpen = false;
      clearTimeout(retryTimer);
      if (code === FRAME_TOO_LONG && unanswered.length > 0) takeBack(tooLong);
    },

    /** It is stored: returns the message. It stays in this list until it comes. */
    acknowledged({ client_id, id }) {
      if (unanswered[0]?.client_id !== client_id) return undefined;
      const message = unanswered.shift();
      store();
      coming.set(id, message);
      sendFirst();
      return message;
    },

    failed({ client_id, code, message, retry_after_ms }) {
      if (client_id === undefined || unanswered[0]?.client_id !== client_id) return;
      // Somebody muted would wait in silence.
      if (code !== 'FORBIDDEN' && retry_after_ms <= LONGEST_WAIT_MS) {
        retryTimer = setTimeout(sendFirst, retry_after_ms);
        return;
      }
      takeBack(message);
      // For certain not stored; its `client_id` may be what was wrong.
      if (code === 'VALIDATION_ERROR') returned = undefined;
    },

    /** This message is in the log now. */
    arrived({ id, username, message }) {
      const sent = coming.get(id);
      if (sent) hide(sent);
      coming.delete(id);
      // Stored before the connection broke, most likely; the answer will tell. Until then it shall not be seen twice.
      const [first] = unanswered;
      if (first && first.username === username && first.message === message) items.get(first.client_id).hidden = true;
    },

    /** Whatever is stored is in the log now. */
    allArrived() {
      coming.forEach(hide);
      coming.clear();
    },

    render() {
      list.replaceChildren();
      for (const message of [...coming.values(), ...unanswered]) show(message);
    },
  };
}

function stored() {
  return JSON.parse(recall('outbox', 'sessionStorage') || '[]');
}
