import type { AppError } from '../../platform/errors/app-error';
import type { Language } from '../../platform/errors/language';
import type { Encoding } from './encoding';

/** One version of the WebSocket protocol: which frames it takes, and how it says things. Texts are JSON. */
export interface Protocol extends Encoding {
  /** The types of the frames it takes. */
  readonly clientFrames: ReadonlySet<string>;
  /** Whether every join is told by name, however many there are. */
  readonly tellsEachJoin: boolean;
  /** `now` is in epoch milliseconds, here and below. */
  userJoined(username: string, now: number): string;
  /** Undefined where the version does not tell. */
  userLeft(username: string, now: number): string | undefined;
  typing(username: string): string | undefined;
  /** How many are present, and who (as JSON) where that is given. */
  presence(count: number, users: string | undefined): string | undefined;
  error(error: AppError, language: Language, now: number, clientId?: string): string;
}
