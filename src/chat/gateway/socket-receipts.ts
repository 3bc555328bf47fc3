import type { AppError } from '../../platform/errors/app-error';
import { preciseTimestamp } from '../../platform/text/timestamps';
import type { AppendListener } from '../../messages/log/message-log';
import type { NewMessage, StoredMessage } from '../../storage/stored-message';
import type { Connection } from '../sessions/connection';
import { serialize } from '../protocol/serializer';
import type { WsErrorFilter } from './ws-error.filter';

/** The author of what one connection says: tells it what became of its messages. */
export class SocketReceipts implements AppendListener {
  private isAnswered = true;

  constructor(
    private readonly connection: Connection,
    private readonly errors: WsErrorFilter,
  ) {}

  onCommitted({ id, clientId, createdAt }: StoredMessage): void {
    if (clientId === undefined) return;
    this.isAnswered = false;
    this.connection.hold(serialize({ type: 'ack', client_id: clientId, id, timestamp: preciseTimestamp(createdAt) }));
  }

  onDelivered(): void {
    if (this.isAnswered) return;
    this.isAnswered = true;
    this.connection.flush();
  }

  onRejected({ clientId }: NewMessage, error: AppError): void {
    this.errors.answer(this.connection, error, { client_id: clientId });
  }
}
