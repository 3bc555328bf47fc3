import { element } from './element.js';

/** Durations of a mute or ban, in seconds; the last: until it is lifted. */
const DURATIONS = [600, 3_600, 86_400, 604_800, undefined];

/**
 * The dialog in which a moderator mutes, bans and disconnects a user, and lifts a mute or ban. Must not know the chat:
 * `request(path, init)` sends requests to the server as this user.
 */
export function openModeration(dialog, { texts, request }) {
  function button(label, act, className = '') {
    const made = element('button', className, label);
    made.type = 'button';
    made.addEventListener('click', act);
    return made;
  }

  function head(username, message) {
    const title = element('h2');
    title.append(element('bdi', '', username));
    title.id = 'actions-title';
    const close = button('×', () => dialog.close(), 'close');
    close.ariaLabel = texts().close;
    return [title, close, ...(message ? [element('p', 'quote', message)] : [])];
  }

  function fields() {
    const duration = element('select');
    duration.ariaLabel = texts().duration;
    for (const [i, seconds] of DURATIONS.entries()) {
      const option = element('option', '', texts().durations[i]);
      option.value = seconds ?? '';
      duration.append(option);
    }
    duration.value = '3600';
    const reason = element('input');
    reason.maxLength = 500;
    reason.placeholder = reason.ariaLabel = texts().reason;
    return { duration, reason };
  }

  function formFor(username) {
    const form = element('form');
    const { duration, reason } = fields();
    const result = element('p', 'result');
    result.role = 'status';

    async function act(method, what, body, done) {
      result.className = 'result';
      result.textContent = texts().working;
      for (const each of form.elements) each.disabled = true;
      const failure = await ask(method, `api/users/${encodeURIComponent(username)}/${what}`, body);
      for (const each of form.elements) each.disabled = false;
      result.classList.toggle('failed', failure !== undefined);
      result.textContent = failure ?? done;
    }
    const why = () => (reason.value.trim() ? { reason: reason.value.trim() } : {});
    const howLong = () => (duration.value ? { seconds: Number(duration.value) } : {});
    const sanction = (what) => act('POST', what, { ...howLong(), ...why() }, texts()[`${what}Done`]);
    const rows = [
      [duration, reason],
      [
        button(texts().mute, () => sanction('mute')),
        button(texts().ban, () => sanction('ban'), 'danger'),
        button(texts().disconnect, () => act('POST', 'disconnect', why(), texts().disconnectDone)),
      ],
      [
        button(texts().unmute, () => act('DELETE', 'mute', undefined, texts().unmuteDone)),
        button(texts().unban, () => act('DELETE', 'ban', undefined, texts().unbanDone)),
      ],
    ];
    for (const row of rows) {
      const line = element('div', 'row');
      line.append(...row);
      form.append(line);
    }
    form.append(result);
    form.addEventListener('submit', (event) => event.preventDefault());
    return form;
  }

  /** The server's error text; undefined on success. */
  async function ask(method, path, body) {
    const init = body ? { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } } : {};
    try {
      const response = await request(path, { method, ...init });
      if (response.ok) return undefined;
      const { message } = await response.json();
      return message ?? texts().failed;
    } catch {
      return texts().failed;
    }
  }

  // A press on the backdrop: the dialog itself has no padding.
  dialog.addEventListener('pointerdown', ({ target }) => target === dialog && dialog.close());

  return {
    /** @param message the user's message that is the reason, if any */
    open(username, message) {
      const box = element('div', 'box');
      box.append(...head(username, message), formFor(username));
      dialog.replaceChildren(box);
      dialog.showModal();
    },
  };
}
