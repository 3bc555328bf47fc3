import type { Message } from '../api.js';
import { dayOf, minuteOf } from './times.js';

/** A message with its layout among its neighbours. */
export interface Row {
  readonly message: Message;
  /** First of its day, or first in the document: shows a separator with the date above. */
  readonly beginsDay: boolean;
  /** First unread message: shows the divider above. */
  readonly isFirstNew: boolean;
  /** Author or minute differ from the previous message: shows name and time above. */
  readonly beginsGroup: boolean;
}

/** Must not depend on messages before the first one: its row would move as soon as they are loaded. */
export function rowsOf(messages: readonly Message[], firstNew?: number): Row[] {
  let previous: Message | undefined;
  return messages.map((message) => {
    const beginsDay = previous === undefined || dayOf(previous.time) !== dayOf(message.time);
    const isFirstNew = message.id === firstNew;
    const beginsGroup =
      beginsDay ||
      isFirstNew ||
      previous?.username !== message.username ||
      previous.isVerified !== message.isVerified ||
      minuteOf(previous.time) !== minuteOf(message.time);
    previous = message;
    return { message, beginsDay, isFirstNew, beginsGroup };
  });
}
