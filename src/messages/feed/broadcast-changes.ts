import type { ChangedMessage } from '../../storage/message-change';
import { next } from '../../storage/position';
import { isStoredMessage } from '../../storage/stored-message';

/** The bus topic of durable changes. A change of the payload's format needs a new name. */
export const CHANGED = 'messages.changed';

/** A change as the feed orders it. */
export interface MessageChange {
  /** The id of the change. */
  readonly id: number;
  /** The message's text, which counts towards the bounds of the reorder buffer. */
  readonly message: string;
  /** The message after the change; undefined if a later change had superseded it when it was read. */
  readonly state: ChangedMessage | undefined;
}

function changeOf(state: ChangedMessage): MessageChange {
  return { id: state.changeId, message: state.message, state };
}

/**
 * The changes in a payload of the bus, which is checked if it comes from another replica.
 * @throws TypeError without any of the payload, which may be a user's text
 */
export function changesOf(payload: readonly ChangedMessage[], isForeign: boolean): readonly MessageChange[] {
  if (isForeign) check(payload);
  return payload.map(changeOf);
}

function check(payload: unknown): void {
  if (!Array.isArray(payload) || payload.length === 0) throw new TypeError('not a batch of changes');
  let id: number | undefined;
  for (const state of payload as unknown[]) {
    if (!isStoredMessage(state) || state.changeId == null) throw new TypeError('not a changed message');
    if (id !== undefined && state.changeId !== next(id)) throw new TypeError('a batch of changes with a gap');
    id = state.changeId;
  }
}
