import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { withDeadline } from '../../platform/lifecycle/deadline';
import { Settings } from '../../settings/settings';
import { Change } from '../../storage/entities/change.entity';
import { Message, MessageHead } from '../../storage/entities/message.entity';
import type { ChangedMessage } from '../../storage/message-change';
import { countBetween, ORIGIN, type Position } from '../../storage/position';
import type { ChangeSource } from './change-feed';
import type { MessageChange } from './broadcast-changes';

/** Changes per read, each with the text of its message, and the approximate bytes of the texts. */
const PAGE = 256;
const PAGE_BYTES = 1024 * 1024;
const MAX_CODE_POINT_BYTES = 4;
/** How long the database may take to answer, in milliseconds. */
const READ_TIMEOUT_MS = 3_000;

/** The database as the feed of changes reads it. */
@Injectable()
export class StoredChanges implements ChangeSource {
  private readonly pageSize: number;

  constructor(
    @InjectRepository(Change) private readonly changes: Repository<Change>,
    @InjectRepository(MessageHead) private readonly heads: Repository<MessageHead>,
    { MAX_MESSAGE_LENGTH }: Settings,
  ) {
    const fitting = Math.floor(PAGE_BYTES / (MAX_MESSAGE_LENGTH * MAX_CODE_POINT_BYTES));
    this.pageSize = Math.min(PAGE, Math.max(1, fitting));
  }

  async head(): Promise<Position> {
    const newest = this.heads.createQueryBuilder('h').select('(SELECT max(c.id) FROM changes c)', 'id');
    const row = await withDeadline(
      newest.getRawOne<{ id: number | null }>(),
      READ_TIMEOUT_MS,
      'reading the newest change',
    );
    return row?.id ?? ORIGIN;
  }

  page(after: Position): Promise<readonly MessageChange[]> {
    return withDeadline(this.read(after, this.pageSize), READ_TIMEOUT_MS, 'reading changes');
  }

  between(after: Position, upTo: Position): Promise<readonly MessageChange[]> {
    return this.read(after, Math.min(this.pageSize, countBetween(after, upTo)));
  }

  private async read(after: Position, limit: number): Promise<readonly MessageChange[]> {
    const found = await this.changes
      .createQueryBuilder('c')
      // Superseded changes have no message here: its present state comes with its newest change.
      .leftJoinAndMapOne('c.state', Message, 'm', 'm.id = c.message_id AND m.change_id = c.id')
      .where('c.id > :after', { after })
      .orderBy('c.id')
      .limit(limit)
      .getMany();
    return found.map((change) => {
      const { state } = change as Change & { readonly state: ChangedMessage | null };
      return { id: change.id, message: state?.message ?? '', state: state ?? undefined };
    });
  }
}
