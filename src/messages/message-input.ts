import { AppError } from '../platform/errors/app-error';
import { countCodePoints } from '../platform/text/code-points';
import { isBlank } from '../platform/text/invisible';

/** Maximum length of an idempotency key, in UTF-16 units. */
export const MAX_CLIENT_ID_LENGTH = 64;

/** Checks a message text, which is stored unchanged. @param max in code points. @throws AppError */
export function checkMessage(text: string, max: number): void {
  if (text === '' || (text.length > max && countCodePoints(text) > max)) throw new AppError('message_length', { max });
  if (isBlank(text)) throw new AppError('message_blank');
  if (!isStorable(text)) throw new AppError('message_characters');
}

/** Checks an idempotency key: two different keys must stay different in the database. @throws AppError */
export function checkClientId(id: string): void {
  if (!isStorable(id)) throw new AppError('client_id_characters');
}

/** PostgreSQL cannot store NUL or lone surrogates; in UTF-8 all lone surrogates become the same character. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
