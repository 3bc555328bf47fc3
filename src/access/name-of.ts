import { AppError } from '../platform/errors/app-error';
import { normalizeUsername } from '../platform/text/username';
import { skeletonOf } from '../platform/text/skeleton';

/** Skeletons that start like a guest's name. Unicode maps few waves to `~`, so the others are listed. */
const LIKE_A_MARK = /^[~\u02f7\u2243\u2248\u223d-\u223f\u2307\u2e1b\u2e2f\u301c\u3030\ufe4b\ufe4f]/;

/** The name of an author, in the stored form. @throws AppError `token_name` */
export function nameOf(given: unknown): string {
  if (typeof given !== 'string') throw new AppError('token_name');
  let name: string;
  try {
    name = normalizeUsername(given);
  } catch (error) {
    throw error instanceof AppError ? new AppError('token_name') : error;
  }
  if (LIKE_A_MARK.test(skeletonOf(name))) throw new AppError('token_name');
  return name;
}
