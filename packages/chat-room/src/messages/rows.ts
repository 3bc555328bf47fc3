import type { Message } from '../api.js';
import { dayOf, minuteOf } from './times.js';

/** How a message stands among its neighbours. */
export interface Row {
  readonly message: Message;
  /** The first of its day: a separator with the date stands above. */
  readonly beginsDay: boolean;
  /** The first that the reader has not seen: the divider stands above. */
  readonly isFirstNew: boolean;
  /** Of another author or minute than the one above: name and time stand above. */
  readonly beginsGroup: boolean;
}

/** @param before the message in front of the first one, where it is known */
export function rowsOf(messages: readonly Message[], before?: Message, firstNew?: number): Row[] {
  let previous = before;
  return messages.map((message) => {
    const beginsDay = previous === undefined || dayOf(previous.time) !== dayOf(message.time);
    const isFirstNew = message.id === firstNew;
    const beginsGroup =
      beginsDay ||
      isFirstNew ||
      previous === undefined ||
      previous.username !== message.username ||
      previous.isVerified !== message.isVerified ||
      minuteOf(previous.time) !== minuteOf(message.time);
    previous = message;
    return { message, beginsDay, isFirstNew, beginsGroup };
  });
}
