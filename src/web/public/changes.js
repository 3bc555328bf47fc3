import { newId } from './client-id.js';
import { recall, remember } from './memory.js';

const FRAME_TOO_LONG = 1009;
const LONGEST_WAIT_MS = 60_000;

/**
 * Edits and deletions of messages until they can be seen. Each is sent until the server has answered for it, always with the same
 * `client_id`, so that it is made once. One at a time, so that their order stays.
 * `send(frame)` sends, `redraw(id)` shows a message anew, `refused(change, text)` takes one back.
 */
export function openChanges({ send, redraw, refused }) {
  /** Not answered, oldest first. */
  let unanswered = JSON.parse(recall('changes', 'sessionStorage') || '[]');
  /** Answered, by the message: the change that will come. */
  const coming = new Map();
  let isOpen = false;
  let retryTimer;

  function sendFirst() {
    clearTimeout(retryTimer);
    if (!isOpen || unanswered.length === 0) return;
    const [{ type, client_id, id, message }] = unanswered;
    send({ type, client_id, id, message });
  }

  function keep(next) {
    unanswered = next;
    remember('changes', JSON.stringify(unanswered), 'sessionStorage');
  }

  function takeBack(text) {
    const [change, ...rest] = unanswered;
    keep(rest);
    redraw(change.id);
    refused(change, text);
    sendFirst();
  }

  return {
    /** @param change `{type, id, by}` and, of an edit, the `message` */
    add(change) {
      keep([...unanswered, { client_id: newId(), ...change }]);
      redraw(change.id);
      if (unanswered.length === 1) sendFirst();
    },

    /** The newest change of a message that cannot be seen yet. */
    of(id) {
      return unanswered.findLast((change) => change.id === id) ?? coming.get(id)?.change;
    },

    open() {
      isOpen = true;
      sendFirst();
    },

    close(code, tooLong) {
      isOpen = false;
      clearTimeout(retryTimer);
      if (code === FRAME_TOO_LONG && unanswered[0]?.type === 'edit') takeBack(tooLong);
    },

    /** Nobody else signs for them. */
    belongTo(username) {
      const others = unanswered.filter(({ by }) => by !== username);
      keep(unanswered.filter(({ by }) => by === username));
      for (const { id } of others) redraw(id);
    },

    /** It is made: whether it was one of these. It stays pending until it comes. */
    acknowledged({ client_id, change_id }) {
      if (unanswered[0]?.client_id !== client_id) return false;
      const [change, ...rest] = unanswered;
      keep(rest);
      coming.set(change.id, { change, changeId: change_id });
      sendFirst();
      return true;
    },

    failed({ client_id, code, message, retry_after_ms }) {
      if (client_id === undefined || unanswered[0]?.client_id !== client_id) return;
      if (code !== 'FORBIDDEN' && retry_after_ms <= LONGEST_WAIT_MS) {
        retryTimer = setTimeout(sendFirst, retry_after_ms);
      } else takeBack(message);
    },

    /** The feed has come to this change of the message. */
    arrived({ id, change_id }) {
      if (coming.get(id)?.changeId <= change_id) coming.delete(id);
    },

    /** Whatever was made is in the log now. */
    allArrived() {
      coming.clear();
    },

    forget() {
      keep([]);
    },
  };
}
