import type { AppError } from '../../platform/errors/app-error';
import type { Language } from '../../platform/errors/language';
import type { ChangedMessage } from '../../storage/message-change';
import type { Position } from '../../storage/position';
import type { PendingMessage, StoredMessage } from '../../storage/stored-message';
import type { V1In, V2In, Version } from './frames';

/** The feed as bytes for one kind of reader. The bytes of a batch are shared by all its readers. */
export interface Encoding {
  readonly name: string;
  /** @param afterChange the newest change that the reader has */
  messages(batch: readonly StoredMessage[], afterChange?: Position): Buffer;
  /**
   * Messages in their state after a change; `after`: the newest message that the reader has. Without this method, changes are not
   * sent.
   */
  readonly changes?: (batch: readonly ChangedMessage[], after: Position) => Buffer;
  /** Whether the bytes depend on `after` and `afterChange`, because they contain the reader's place. */
  readonly namesPlace?: true;
  /** Tells the reader that the messages from one id to another are skipped. Without this method, the reader is closed instead. */
  readonly gap?: (from: number, to: number, afterChange?: Position) => Buffer;
}

/** Encodes the server's frames in one version of the WebSocket protocol. Texts are JSON, times epoch milliseconds. */
export interface Protocol extends Encoding {
  readonly name: Version;
  /** Whether every join is sent by name, however many there are. */
  readonly tellsEachJoin: boolean;
  /** @param frame one of this version; `username`: the sender's, in the stored form; `authorId`: its identity */
  toMessage(
    frame: V1In['chat_message'] | V2In['chat_message'],
    username: string,
    authorId: number | undefined,
  ): PendingMessage;
  userJoined(username: string, now: number): string;
  /** Undefined, here and below, where the version has no such frame. */
  userLeft(username: string, now: number): string | undefined;
  typing(username: string): string | undefined;
  /** @param users the names as a JSON array; undefined leaves them out */
  presence(count: number, users: string | undefined): string | undefined;
  error(error: AppError, language: Language, now: number, clientId?: string): string;
}
