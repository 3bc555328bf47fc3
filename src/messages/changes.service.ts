import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Access } from '../access/access';
import type { Identity } from '../access/identity';
import { moderatorName } from '../access/moderator-name';
import { AppError } from '../platform/errors/app-error';
import { idempotencyKeyOf } from '../platform/http/idempotency-key';
import { jsonBodyOf, textIn } from '../platform/http/json-body';
import { Settings } from '../settings/settings';
import type { ChangeRequest } from '../storage/message-change';
import type { StoredMessage } from '../storage/stored-message';
import { ChangeRequests } from './change-requests';
import { MessageLog } from './log/message-log';
import { checkMessage, isStorable, MAX_CLIENT_ID_LENGTH } from './message-input';
import { MessageReader } from './message-reader';
import { WriteRates } from './write-rates';

/** Maximum requests waiting for their commit; further ones are refused. */
const MAX_WAITING = 2_000;
/** Maximum length of a reason, in UTF-16 units. */
const MAX_REASON_LENGTH = 2_000;
/**
 * Edits and deletes messages over HTTP. Owns the checks of the requests; the transaction makes all others. Must not know who
 * reads.
 */
@Injectable()
export class ChangesService {
  private waiting = 0;

  constructor(
    private readonly settings: Settings,
    private readonly access: Access,
    private readonly rates: WriteRates,
    private readonly requests: ChangeRequests,
    private readonly reader: MessageReader,
    private readonly log: MessageLog,
  ) {}

  /** @returns the message in its new state, once that is durable. @throws AppError */
  edit(request: Request, identity: Identity, messageId: number): Promise<StoredMessage> {
    this.requireOpen();
    this.requireAuthor(identity);
    const text = textIn(jsonBodyOf(request), 'message');
    if (text === undefined) throw new AppError('field_type', { field: 'message' });
    checkMessage(text, this.settings.MAX_MESSAGE_LENGTH);
    return this.change(request, identity, { messageId, text });
  }

  /** @returns the tombstone. @throws AppError */
  delete(request: Request, identity: Identity, messageId: number): Promise<StoredMessage> {
    this.requireOpen();
    if (!this.access.can(identity, 'moderate')) this.requireAuthor(identity);
    return this.change(request, identity, { messageId, reason: reasonOf(request) });
  }

  private requireOpen(): void {
    if (!this.access.hasChanges) throw new AppError('NOT_FOUND');
  }

  /** Without an identity nobody owns a message. */
  private requireAuthor(identity: Identity): void {
    this.access.require(identity, 'write');
    if (identity.authorId === undefined) throw new AppError('token_missing');
  }

  private async change(
    request: Request,
    identity: Identity,
    wish: { messageId: number; text?: string; reason?: string },
  ): Promise<StoredMessage> {
    const clientId = idempotencyKeyOf(request, MAX_CLIENT_ID_LENGTH);
    const by = moderatorName(identity);
    this.rates.charge(request, identity, by);
    const changed = await this.written(this.requests.of(identity, by, { ...wish, clientId }));
    // A repeat: the message is in that state, or in a newer one.
    const message = changed ?? (await this.reader.one(wish.messageId));
    if (!message) throw new AppError('message_unknown');
    return message;
  }

  private async written(request: ChangeRequest): Promise<StoredMessage | undefined> {
    if (this.waiting >= MAX_WAITING) throw new AppError('queue_full');
    this.waiting++;
    try {
      return await new Promise((resolve, reject) =>
        this.log.change(request, {
          onChanged: (_, _receipt, message) => resolve(message),
          onDelivered: () => undefined,
          onChangeRejected: (_, error) => reject(error),
        }),
      );
    } finally {
      this.waiting--;
    }
  }
}

/**
 * The reason for the moderation log: in the query, as some proxies drop the body of a DELETE, or in the body. @throws AppError
 */
function reasonOf(request: Request): string | undefined {
  const hasBody = request.headers['content-length'] !== undefined && request.headers['content-length'] !== '0';
  const sources = [request.query, hasBody || 'transfer-encoding' in request.headers ? jsonBodyOf(request) : {}];
  const reason = sources.map((source) => textIn(source, 'reason')).find((text) => text !== undefined);
  if (reason === undefined) return undefined;
  if (reason.length > MAX_REASON_LENGTH)
    throw new AppError('field_length', { field: 'reason', max: MAX_REASON_LENGTH });
  if (!isStorable(reason)) throw new AppError('field_form', { field: 'reason' });
  return reason;
}
