import type { Message } from '@chat-system/client';
import { neutral, neutralLine } from './neutral.js';

/** Colours of names, readable on dark and on light backgrounds. */
const COLOURS = [31, 32, 33, 34, 35, 36];

/** Formats messages and notices for people. Text of other users never controls the terminal. */
export class Format {
  constructor(
    private readonly isColoured: boolean,
    private readonly deletedText: string,
  ) {}

  message({ username, message, timestamp, deleted_at: deletedAt }: Message): string {
    const head = `${this.faint(localTime(timestamp))} ${this.name(username)}: `;
    const text = deletedAt === undefined ? neutral(message) : this.faint(this.deletedText);
    // Indented, so that a text cannot imitate another user's message.
    return `${head}${text.replaceAll('\n', '\n      ')}\n`;
  }

  notice(text: string): string {
    return `${this.faint(`-- ${neutralLine(text)}`)}\n`;
  }

  private name(username: string): string {
    if (!this.isColoured) return neutralLine(username);
    let sum = 0;
    for (const character of username) sum = (sum * 31 + character.codePointAt(0)!) % 9973;
    return `\u001b[${COLOURS[sum % COLOURS.length]!}m${neutralLine(username)}\u001b[39m`;
  }

  private faint(text: string): string {
    return this.isColoured ? `\u001b[2m${text}\u001b[22m` : text;
  }
}

/** Hours and minutes, with the date unless it is today's. */
function localTime(timestamp: string): string {
  const time = new Date(timestamp);
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}`;
  if (time.toDateString() === new Date().toDateString()) return clock;
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock}`;
}
