import { ChatError } from '@chat-system/client';
import type { Texts } from '../texts/de.js';

/**
 * Why something was refused. The server chooses its language by the browser's: its words are shown where they say more than the element's
 * own, and in the same language only.
 */
export function errorText(error: Error, { errors, notAllowed, unknownError }: Texts): string {
  const { message } = error;
  if (message.startsWith(notAllowed)) return message.slice(notAllowed.length);
  return errors[codeOf(error)] ?? unknownError;
}

/** Whether the name is what was refused; the server says so in its text alone. */
export function isAboutName(error: Error): boolean {
  return /^(VALID|FORB)/.test(codeOf(error)) && /["»]username["«]|der Name|the name/i.test(error.message);
}

export function codeOf(error: Error): string {
  return error instanceof ChatError ? error.code : '';
}
