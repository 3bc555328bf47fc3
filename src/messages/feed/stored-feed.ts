import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { withDeadline } from '../../platform/lifecycle/deadline';
import { MessageHead } from '../../storage/entities/message.entity';
import { countBetween, type Position } from '../../storage/position';
import type { StoredMessage } from '../../storage/stored-message';
import { MessageReader } from '../message-reader';
import type { FeedSource } from './message-feed';

/** Messages per read. */
const PAGE = 500;
/** Time for the database to answer, in milliseconds. */
const READ_TIMEOUT_MS = 3_000;

/** The database reads of the message feed. */
@Injectable()
export class StoredFeed implements FeedSource {
  constructor(
    @InjectRepository(MessageHead) private readonly heads: Repository<MessageHead>,
    private readonly reader: MessageReader,
  ) {}

  async head(): Promise<Position> {
    const head = this.heads.findOneByOrFail({ id: 1 });
    return (await withDeadline(head, READ_TIMEOUT_MS, 'reading the newest id')).lastId;
  }

  async page(after: Position): Promise<readonly StoredMessage[]> {
    return (await withDeadline(this.reader.following(after, PAGE, 'full'), READ_TIMEOUT_MS, 'reading messages')).rows;
  }

  async between(after: Position, upTo: Position, maxBytes: number): Promise<readonly StoredMessage[]> {
    return (await this.reader.following(after, countBetween(after, upTo), 'full', maxBytes)).rows;
  }
}
