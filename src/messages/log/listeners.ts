import type { AppError } from '../../platform/errors/app-error';
import type { ChangedMessage, ChangeRequest } from '../../storage/message-change';
import type { NewMessage, PendingMessage, StoredMessage } from '../../storage/stored-message';

/** Receives the outcome of one message: `onCommitted`, then `onDelivered`; or `onRejected`. */
export interface AppendListener {
  /** The message is durable, and no reader has it yet. A repeat has the id and time of the first. */
  onCommitted(message: StoredMessage): void;
  /** The batch was passed to this replica's readers. */
  onDelivered(): void;
  /** The message was not stored. */
  onRejected(message: NewMessage, error: AppError): void;
}

/** Receipt of a change; a repeat gets that of the first request. `at`: epoch milliseconds. */
export interface ChangeReceipt {
  readonly changeId: number;
  readonly at: number;
}

/** Receives the outcome of one change: `onChanged`, then `onDelivered`; or `onChangeRejected`. */
export interface ChangeListener {
  /** The change is durable, and no reader has it yet. `message`: its new state; undefined for a repeat. */
  onChanged(request: ChangeRequest, receipt: ChangeReceipt, message: ChangedMessage | undefined): void;
  /** The batch was passed to this replica's readers. */
  onDelivered(): void;
  /** Nothing was changed. */
  onChangeRejected(request: ChangeRequest, error: AppError): void;
}

/** A message waiting to be written. */
export interface AppendEntry {
  readonly message: PendingMessage;
  readonly listener: AppendListener;
}

/** A change waiting to be written. */
export interface ChangeEntry {
  readonly request: ChangeRequest;
  readonly listener: ChangeListener;
}
