import { Injectable } from '@nestjs/common';
import { ChangeRequests } from '../../messages/change-requests';
import { MessageLog } from '../../messages/log/message-log';
import type { V2In } from '../protocol/frames';
import type { Session } from '../sessions/session';
import { ErrorReplies } from './error-replies';
import { SocketReceipts } from './socket-receipts';

/** Passes edits and deletions of clients to the log, which decides about each when it reads the message. */
@Injectable()
export class SocketChanges {
  constructor(
    private readonly log: MessageLog,
    private readonly requests: ChangeRequests,
    private readonly errors: ErrorReplies,
  ) {}

  /** Accepts a change; the session's receipts are notified of the outcome. @throws AppError if the log refuses it at once */
  change(session: Session, frame: V2In['edit'] | V2In['delete'], by: string): void {
    const { id: messageId, client_id: clientId } = frame;
    const text = 'message' in frame ? frame.message : undefined;
    session.receipts ??= new SocketReceipts(session, this.errors);
    this.log.change(this.requests.of(session.identity, by, { messageId, text, clientId }), session.receipts);
  }
}
