import type { Message } from '../api.js';
import type { Times } from './times.js';

/** Maximum characters of a quote: the original can be read above. */
const MAX_QUOTE = 200;

/** Copied messages, with names and times so that they make sense elsewhere. */
export function copyOf(messages: readonly Message[], times: Times): string {
  return messages.map(({ username, time, text }) => `[${times.long(time)}] ${username}: ${text}`).join('\n');
}

/** The beginning of a reply to a message. */
export function quoteOf({ username, text }: Message): string {
  const all = Array.from(text);
  const short = all.length > MAX_QUOTE ? `${all.slice(0, MAX_QUOTE).join('')} …` : text;
  const lines = `**${username}:** ${short}`.split('\n');
  return `${lines.map((line) => `> ${line}`).join('\n')}\n\n`;
}

/** Length in code points, as the server counts for its limits. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}
