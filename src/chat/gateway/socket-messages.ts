import { Injectable } from '@nestjs/common';
import type { AppendListener } from '../../messages/log/listeners';
import { MessageLog } from '../../messages/log/message-log';
import { SlowMode } from '../../moderation/slow-mode';
import type { PendingMessage } from '../../storage/stored-message';
import type { V1In, V2In } from '../protocol/frames';
import type { Session } from '../sessions/session';
import { ErrorReplies } from './error-replies';
import { SocketReceipts } from './socket-receipts';

/** Messages of clients, passed on to the log. Owns what slow mode counts of them: not those that are refused after all, or repeats. */
@Injectable()
export class SocketMessages {
  constructor(
    private readonly log: MessageLog,
    private readonly slowMode: SlowMode,
    private readonly errors: ErrorReplies,
  ) {}

  /** Takes the message in; the session's receipts hear what becomes of it. @throws AppError where nothing can be taken in */
  send(session: Session, frame: V1In['chat_message'] | V2In['chat_message'], username: string): void {
    const { identity, protocol } = session;
    const receipts = (session.receipts ??= new SocketReceipts(session, this.errors));
    const message = protocol.toMessage(frame, username, identity.authorId);
    if (this.slowMode.isOn)
      this.sendSlowly(message, receipts, this.slowMode.charge(identity, username, message.clientId));
    else this.log.append(message, receipts);
  }

  private sendSlowly(message: PendingMessage, receipts: AppendListener, takeBack: () => void): void {
    const listener: AppendListener = {
      onCommitted: (stored) => {
        // The log sets the id of what it stores; a repeat has that of the message stored before.
        if (message.id === 0) takeBack();
        receipts.onCommitted(stored);
      },
      onDelivered: () => receipts.onDelivered(),
      onRejected: (refused, error) => {
        takeBack();
        receipts.onRejected(refused, error);
      },
    };
    try {
      this.log.append(message, listener);
    } catch (error) {
      takeBack();
      throw error;
    }
  }
}
