import type { AppendListener, ChangeListener, ChangeReceipt } from '../../messages/log/listeners';
import type { AppError } from '../../platform/errors/app-error';
import { preciseTimestamp } from '../../platform/text/timestamps';
import type { ChangeRequest } from '../../storage/message-change';
import type { NewMessage, StoredMessage } from '../../storage/stored-message';
import { serialize } from '../protocol/serializer';
import type { Session } from '../sessions/session';
import type { ErrorReplies } from './error-replies';

/** Reports the outcome of a client's messages and changes to it: an `ack` ahead of the message, or an `error`. */
export class SocketReceipts implements AppendListener, ChangeListener {
  private isFlushed = true;

  constructor(
    private readonly session: Session,
    private readonly errors: ErrorReplies,
  ) {}

  onCommitted({ id, clientId, createdAt }: StoredMessage): void {
    if (clientId == null) return;
    this.isFlushed = false;
    const timestamp = preciseTimestamp(createdAt);
    this.session.connection.hold(serialize({ type: 'ack', client_id: clientId, id, timestamp }));
  }

  onChanged({ clientId, messageId: id }: ChangeRequest, { changeId, at }: ChangeReceipt): void {
    this.isFlushed = false;
    const timestamp = preciseTimestamp(at);
    this.session.connection.hold(serialize({ type: 'ack', client_id: clientId!, id, change_id: changeId, timestamp }));
  }

  onChangeRejected({ clientId }: ChangeRequest, error: AppError): void {
    this.errors.answer(this.session, error, { client_id: clientId });
  }

  onDelivered(): void {
    if (this.isFlushed) return;
    this.isFlushed = true;
    this.session.connection.flush();
  }

  onRejected({ clientId }: NewMessage, error: AppError): void {
    this.errors.answer(this.session, error, { client_id: clientId ?? undefined });
  }
}
