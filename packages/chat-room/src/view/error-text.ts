import { ChatError } from '@chat-system/client';
import type { Texts } from '../texts/de.js';

/**
 * Text for a refused request. The server's text follows the browser's language: it is shown only if it says more than the
 * element's own and is in the same language.
 */
export function errorText(error: Error, { errors, notAllowed, unknownError }: Texts): string {
  const { message } = error;
  if (message.startsWith(notAllowed)) return message.slice(notAllowed.length);
  return errors[codeOf(error)] ?? unknownError;
}

/** Whether the name was refused, which only the server's text reveals. */
export function isAboutName(error: Error): boolean {
  return /^(VALID|FORB)/.test(codeOf(error)) && /["»]username["«]|der Name|the name/i.test(error.message);
}

export function codeOf(error: Error): string {
  return error instanceof ChatError ? error.code : '';
}
