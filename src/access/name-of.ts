import { AppError } from '../platform/errors/app-error';
import { normalizeUsername } from '../platform/text/username';
import { GUEST_MARK } from './identity';

/** The name of somebody with an identity, in the stored form. @throws AppError `token_name` */
export function nameOf(given: unknown): string {
  if (typeof given !== 'string') throw new AppError('token_name');
  let name: string;
  try {
    name = normalizeUsername(given);
  } catch (error) {
    throw error instanceof AppError ? new AppError('token_name') : error;
  }
  if (name.startsWith(GUEST_MARK)) throw new AppError('token_name');
  return name;
}
