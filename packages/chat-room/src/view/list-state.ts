import { html } from 'lit/html.js';
import { repeat } from 'lit/directives/repeat.js';
import type { RowActions } from '../api.js';
import type { RowFocus } from '../controllers/row-focus.js';
import { rowsOf } from '../messages/rows.js';
import type { Texts } from '../texts/de.js';
import type { Visit } from '../visit.js';
import type { ListState } from './list.js';
import { unsentView } from './unsent.js';

/** State of the list, derived from a visit. */
export function listStateOf(visit: Visit, focus: RowFocus, more: RowActions | undefined, texts: Texts): ListState {
  const { conversation, scroller, permissions, unread, identity } = visit;
  const { log, sending, snapshot } = conversation;
  const { range, messages } = scroller;
  const rows = rowsOf(messages, unread.firstNew);
  const isThere = focus.focused !== undefined && focus.focused >= range.from && focus.focused <= range.to;
  const tabStop = isThere ? focus.focused : range.to;
  // Unsent messages belong below the newest one; elsewhere they are not shown.
  const unsent = range.to === log.newest ? sending.all : [];
  const name = snapshot?.username ?? identity.name;
  return {
    rows,
    stateOf: ({ message }) => ({
      isOwn: permissions.isOwn(message),
      isTabStop: message.id === tabStop,
      isChanging: sending.isChanging(message.id),
      actions: message.id === focus.active ? visit.actions.of(message, visit.canWrite, more, texts) : undefined,
    }),
    unsent: html`${repeat(
      unsent,
      ({ key }) => key,
      (message) => unsentView(message, name, snapshot?.state === 'live', texts),
    )}`,
    isLoading: conversation.isLoading,
    hasFailed: conversation.hasFailed,
    isOver: snapshot?.state === 'ended',
    isAtBeginning: range.from === 1 && log.newest > 0,
    isEmpty: snapshot?.state === 'live' && log.newest === 0 && unsent.length === 0,
    unread: unread.count,
    isFollowing: scroller.isFollowing,
  };
}
