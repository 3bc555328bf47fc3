import { ChatError } from '@chat-system/client';
import type { Texts } from '../texts/de.js';

/** Why something was refused: the server's own words where it has any beside the general ones. */
export function errorText(error: Error, texts: Texts): string {
  const code = codeOf(error);
  const { message } = error;
  const general = texts.errors[code];
  if (general === undefined && code !== 'VALIDATION_ERROR') return texts.unknownError;
  const [, detail] = /^[^:]+: (.+)$/s.exec(message) ?? [];
  return detail ?? general ?? message;
}

/** Whether the name is what was refused; the server says so in its text alone. */
export function isAboutName(error: Error): boolean {
  return /^(VALID|FORB)/.test(codeOf(error)) && /["»]username["«]|der Name|the name/i.test(error.message);
}

export function codeOf(error: Error): string {
  return error instanceof ChatError ? error.code : '';
}
