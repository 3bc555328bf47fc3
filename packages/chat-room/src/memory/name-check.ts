import type { Texts } from '../texts/de.js';
import { lengthOf } from '../messages/plain-text.js';

/** Longest name, in characters, until the server has said its own limit. */
export const MAX_NAME_LENGTH = 50;

/** What is wrong with a name, in the words of a person; undefined: the server decides. */
export function problemOf(name: string, texts: Texts, max = MAX_NAME_LENGTH): string | undefined {
  if (name.trim() === '') return texts.nameMissing;
  if (lengthOf(name.trim()) > max) return texts.nameTooLong(max);
  return undefined;
}
