import type { Message } from '../api.js';
import type { Times } from './times.js';

/** Letters of a quoted text at most: what is quoted can be read above. */
const MAX_QUOTE = 200;

/** Copied messages, with what a reader needs to make sense of them elsewhere. */
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

/** The length that counts for the server's limits. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}
