import type { Message } from '../api.js';
import { dayOf, minuteOf } from './times.js';

/** How a message stands among its neighbours. */
export interface Row {
  readonly message: Message;
  /** The first of its day, or of those in the document: a separator with the date stands above. */
  readonly beginsDay: boolean;
  /** The first that the reader has not seen: the divider stands above. */
  readonly isFirstNew: boolean;
  /** Of another author or minute than the one above: name and time stand above. */
  readonly beginsGroup: boolean;
}

/** Must not depend on what is held in front of them: the first one would move as soon as that is loaded. */
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
