import { Injectable } from '@nestjs/common';
import { ChangeRequests } from '../../messages/change-requests';
import { MessageLog } from '../../messages/log/message-log';
import type { V2In } from '../protocol/frames';
import type { Session } from '../sessions/session';
import { ErrorReplies } from './error-replies';
import { SocketReceipts } from './socket-receipts';

/** Edits and deletions of clients, passed on to the log, which decides about each where it reads the message. */
@Injectable()
export class SocketChanges {
  constructor(
    private readonly log: MessageLog,
    private readonly requests: ChangeRequests,
    private readonly errors: ErrorReplies,
  ) {}

  /** Takes the change in; the session's receipts hear what becomes of it. @throws AppError where nothing can be taken in */
  change(session: Session, frame: V2In['edit'] | V2In['delete'], by: string): void {
    const { id: messageId, client_id: clientId } = frame;
    const text = 'message' in frame ? frame.message : undefined;
    session.receipts ??= new SocketReceipts(session, this.errors);
    this.log.change(this.requests.of(session.identity, by, { messageId, text, clientId }), session.receipts);
  }
}
