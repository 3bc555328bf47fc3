import { AppError } from '../common/app-error';
import { countCodePoints } from '../common/code-points';

export const MAX_USERNAME_LENGTH = 50;

/** Control, format, private-use and unassigned characters, and lone surrogates: general category C of Unicode. */
const NOT_IN_NAMES = /\p{C}/u;

/** The name in the form it is stored and compared in: trimmed, NFC. @throws AppError */
export function normalizeUsername(given: string): string {
  const name = given.trim().normalize('NFC');
  if (name === '' || countCodePoints(name) > MAX_USERNAME_LENGTH) {
    throw new AppError('username_length', { max: MAX_USERNAME_LENGTH });
  }
  if (NOT_IN_NAMES.test(name)) throw new AppError('username_characters');
  return name;
}

/** Checks a text that will be stored character for character. `max` is in code points. @throws AppError */
export function checkMessage(text: string, max: number): void {
  if (text === '' || (text.length > max && countCodePoints(text) > max)) throw new AppError('message_length', { max });
  if (text.trim() === '') throw new AppError('message_blank');
  if (!isStorable(text)) throw new AppError('message_characters');
}

/** Checks what is not shown to anyone but must be told from any other. @throws AppError */
export function checkClientId(id: string): void {
  if (!isStorable(id)) throw new AppError('client_id_characters');
}

/** PostgreSQL stores neither NUL nor lone surrogates, and UTF-8 makes all of the latter the same. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
