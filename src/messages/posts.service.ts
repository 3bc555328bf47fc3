import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Access } from '../access/access';
import { GuestNames } from '../access/guest-names';
import type { Identity } from '../access/identity';
import { NamesInUse } from '../access/names-in-use';
import { senderName } from '../access/sender-name';
import { AppError } from '../platform/errors/app-error';
import { idempotencyKeyOf } from '../platform/http/idempotency-key';
import { jsonBodyOf, textIn } from '../platform/http/json-body';
import { Settings } from '../settings/settings';
import type { PendingMessage, StoredMessage } from '../storage/stored-message';
import { MessageLog } from './log/message-log';
import { checkMessage, MAX_CLIENT_ID_LENGTH } from './message-input';
import { MessageReader } from './message-reader';
import { WriteRates } from './write-rates';

/** Maximum requests waiting for their commit; further ones are refused. */
const MAX_WAITING = 2_000;

/** Writes messages sent over HTTP. Owns their checks, in the same order as for frames. Must not know who reads. */
@Injectable()
export class PostsService {
  private waiting = 0;

  constructor(
    private readonly settings: Settings,
    private readonly access: Access,
    private readonly rates: WriteRates,
    private readonly names: NamesInUse,
    private readonly guestNames: GuestNames,
    private readonly reader: MessageReader,
    private readonly log: MessageLog,
  ) {}

  /** @returns once the message is durable. @throws AppError */
  async post(request: Request, identity: Identity): Promise<{ message: StoredMessage; isRepeat: boolean }> {
    if (!this.access.takesPosts) throw new AppError('NOT_FOUND');
    this.access.require(identity, 'write');
    // Guests have no token: without HTTP_POST they may not write over HTTP.
    if (identity.kind !== 'author' && !this.access.hasOpenPosts) throw new AppError('token_missing');
    const message = this.messageIn(request, identity);
    this.rates.charge(request, identity, message.username);
    this.names.require(identity, message.username);
    await this.guestNames.check(identity, message.username);
    const stored = await this.append(message);
    // The log assigns an id to each message it stores; that of a repeat stays 0.
    if (message.id !== 0) return { message: stored, isRepeat: false };
    const present = await this.reader.one(stored.id);
    // A deleted message has no text to compare: the request may carry another one.
    return { message: present?.deletedAt == null ? stored : present, isRepeat: true };
  }

  private messageIn(request: Request, identity: Identity): PendingMessage {
    const body = jsonBodyOf(request);
    const message = textIn(body, 'message');
    if (message === undefined) throw new AppError('field_type', { field: 'message' });
    const username = senderName(identity, textIn(body, 'username'));
    checkMessage(message, this.settings.MAX_MESSAGE_LENGTH);
    const clientId = idempotencyKeyOf(request, MAX_CLIENT_ID_LENGTH);
    return { id: 0, username, message, createdAt: 0, clientId, authorId: identity.authorId };
  }

  private async append(message: PendingMessage): Promise<StoredMessage> {
    if (this.waiting >= MAX_WAITING) throw new AppError('queue_full');
    this.waiting++;
    try {
      return await new Promise((resolve, reject) =>
        this.log.append(message, {
          onCommitted: resolve,
          onDelivered: () => undefined,
          onRejected: (_, error) => reject(error),
        }),
      );
    } finally {
      this.waiting--;
    }
  }
}
