import { Injectable } from '@nestjs/common';
import type { AppendListener } from '../../messages/log/listeners';
import { MessageLog } from '../../messages/log/message-log';
import { SlowMode } from '../../moderation/slow-mode';
import type { PendingMessage } from '../../storage/stored-message';
import type { V1In, V2In } from '../protocol/frames';
import type { Session } from '../sessions/session';
import { ErrorReplies } from './error-replies';
import { SocketReceipts } from './socket-receipts';

/** Passes messages of clients to the log. Owns their slow-mode accounting: repeats and rejected messages are not counted. */
@Injectable()
export class SocketMessages {
  constructor(
    private readonly log: MessageLog,
    private readonly slowMode: SlowMode,
    private readonly errors: ErrorReplies,
  ) {}

  /**
   * Accepts a message; the session's receipts are notified of the outcome. @throws AppError if slow mode or the log refuses it at
   * once
   */
  send(session: Session, frame: V1In['chat_message'] | V2In['chat_message'], username: string): void {
    const { identity, protocol } = session;
    const receipts = (session.receipts ??= new SocketReceipts(session, this.errors));
    const message = protocol.toMessage(frame, username, identity.authorId);
    if (this.slowMode.isOn)
      this.sendSlowly(message, receipts, this.slowMode.charge(identity, username, message.clientId));
    else this.log.append(message, receipts);
  }

  private sendSlowly(message: PendingMessage, receipts: AppendListener, refund: () => void): void {
    const listener: AppendListener = {
      onCommitted: (stored) => {
        // The log assigns an id to each message it stores; that of a repeat stays 0.
        if (message.id === 0) refund();
        receipts.onCommitted(stored);
      },
      onDelivered: () => receipts.onDelivered(),
      onRejected: (refused, error) => {
        refund();
        receipts.onRejected(refused, error);
      },
    };
    try {
      this.log.append(message, listener);
    } catch (error) {
      refund();
      throw error;
    }
  }
}
