import { element } from './element.js';

/** How long a user can be muted or banned, in seconds; the last: until it is lifted. */
const DURATIONS = [600, 3_600, 86_400, 604_800, undefined];

/**
 * What somebody may do with a message or, as a moderator, with its author: a button at each message, and one dialog.
 * `me()` has `name`, `can` and the edit window, `edit(id)` and `remove(id)` change a message, `request(path, init)` asks the server.
 */
export function openActions({ actions: dialog, list }, { texts, me, edit, remove, request }) {
  /** Where focus goes back to: the message may have been drawn anew meanwhile. */
  let openedFor;

  /** Own messages within the time the server allows; it has the last word. */
  function isChangeable({ username, verified, timestamp }) {
    const { name, can, editWindowMs } = me();
    return can?.write && verified && username === name && Date.now() - new Date(timestamp) < editWindowMs;
  }

  function choicesFor(frame) {
    const { name, can } = me();
    const isOwn = isChangeable(frame);
    return {
      edit: isOwn && !frame.deleted_at,
      remove: (isOwn || can?.moderate) && !frame.deleted_at,
      moderate: can?.moderate && frame.username !== name,
    };
  }

  /** Only one of the buttons is in the order of Tab, or the way to the message box would lead through all of them. */
  function settle(current = [...list.querySelectorAll('.actions')].at(-1)) {
    for (const button of list.querySelectorAll('.actions[tabindex="0"]')) button.tabIndex = -1;
    if (current) current.tabIndex = 0;
  }

  list.addEventListener('focusin', ({ target }) => target.matches('.actions') && settle(target));
  list.addEventListener('keydown', (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || !event.target.matches('.actions')) return;
    const buttons = [...list.querySelectorAll('.actions')];
    event.preventDefault();
    buttons[buttons.indexOf(event.target) + step]?.focus();
  });

  function choice(label, className, act) {
    const button = element('button', className, label);
    button.type = 'button';
    button.addEventListener('click', act);
    return button;
  }

  function head(username, message) {
    const title = element('h2');
    title.append(element('bdi', '', username));
    title.id = 'actions-title';
    const close = choice('×', 'close', () => dialog.close());
    close.ariaLabel = texts().close;
    return [title, close, ...(message ? [element('p', 'quote', message)] : [])];
  }

  function removal(frame) {
    const button = choice(texts().remove, 'danger', () => {
      // The second of two: one slip of a finger must not delete a text for ever.
      button.replaceWith(really);
      really.focus();
    });
    const really = choice(texts().reallyRemove, 'danger sure', () => {
      dialog.close();
      remove(frame.id);
    });
    return button;
  }

  function moderation(username) {
    const form = element('form', 'moderation');
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
    const result = element('p', 'result');
    result.role = 'status';

    async function act(method, what, body, done) {
      result.className = 'result';
      result.textContent = texts().working;
      for (const button of form.elements) button.disabled = true;
      const failure = await ask(method, `api/users/${encodeURIComponent(username)}/${what}`, body);
      for (const button of form.elements) button.disabled = false;
      result.classList.toggle('failed', failure !== undefined);
      result.textContent = failure ?? done;
    }
    const why = () => (reason.value.trim() ? { reason: reason.value.trim() } : {});
    const howLong = () => (duration.value ? { seconds: Number(duration.value) } : {});
    const sanction = (what) => act('POST', what, { ...howLong(), ...why() }, texts()[`${what}Done`]);
    const button = (label, act, className = '') => choice(texts()[label], className, act);
    const rows = [
      [duration, reason],
      [button('mute', () => sanction('mute')), button('ban', () => sanction('ban'), 'danger')],
      [button('disconnect', () => act('POST', 'disconnect', why(), texts().disconnectDone))],
      [button('unmute', () => act('DELETE', 'mute', undefined, texts().unmuteDone))],
      [button('unban', () => act('DELETE', 'ban', undefined, texts().unbanDone))],
    ];
    for (const row of [rows[0], rows[1], rows.slice(2).flat()]) {
      const line = element('div', 'row');
      line.append(...row);
      form.append(line);
    }
    form.append(result);
    form.addEventListener('submit', (event) => event.preventDefault());
    return form;
  }

  /** What went wrong, in the server's words; undefined: nothing. */
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

  function open(frame) {
    const { username, message, id } = frame;
    const can = choicesFor(frame);
    openedFor = id;
    const own = element('div', 'row');
    if (can.edit) own.append(choice(texts().edit, '', () => (dialog.close(), edit(id))));
    if (can.remove) own.append(removal(frame));
    dialog.replaceChildren(...head(username, message), own, ...(can.moderate ? [moderation(username)] : []));
    dialog.setAttribute('aria-labelledby', 'actions-title');
    dialog.showModal();
  }

  dialog.addEventListener('close', () => {
    if (document.activeElement === document.body) list.querySelector(`[data-id="${openedFor}"] .actions`)?.focus();
  });
  // Outside of it: the dialog itself has no padding.
  dialog.addEventListener('pointerdown', ({ target }) => target === dialog && dialog.close());

  return {
    settle,

    /** The button of a message, in a list that is empty where there is nothing to do. */
    of(frame) {
      const can = choicesFor(frame);
      if (!can.edit && !can.remove && !can.moderate) return [];
      const button = choice('⋯', 'actions', () => open(frame));
      button.tabIndex = -1;
      button.ariaHasPopup = 'dialog';
      button.ariaLabel = texts().actionsFor(frame.username);
      return [button];
    },

    /** For a user who has not written anything that is shown. */
    forUser(username) {
      const { name, can } = me();
      return can?.moderate && username !== name ? () => open({ username }) : undefined;
    },

    close: () => dialog.close(),
  };
}
