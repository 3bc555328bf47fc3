/** A message as the element shows it. Times are in milliseconds since 1970. */
export interface Message {
  /** Its position in the log, contiguous from 1. */
  readonly id: number;
  readonly username: string;
  /** Empty in a deleted message. */
  readonly text: string;
  readonly time: number;
  /** The author was authenticated: the name is theirs alone. */
  readonly isVerified: boolean;
  readonly editedAt?: number;
  readonly deletedAt?: number;
  readonly deletedBy?: string;
}
