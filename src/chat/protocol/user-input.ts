import { AppError } from '../../platform/errors/app-error';
import { countCodePoints } from '../../platform/text/code-points';
import { isBlank } from '../../platform/text/invisible';

/** Checks a text that will be stored character for character. `max` is in code points. @throws AppError */
export function checkMessage(text: string, max: number): void {
  if (text === '' || (text.length > max && countCodePoints(text) > max)) throw new AppError('message_length', { max });
  if (isBlank(text)) throw new AppError('message_blank');
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
