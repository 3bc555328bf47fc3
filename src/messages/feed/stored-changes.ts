import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { withDeadline } from '../../platform/lifecycle/deadline';
import { Settings } from '../../settings/settings';
import { Change } from '../../storage/entities/change.entity';
import { Message, MessageHead } from '../../storage/entities/message.entity';
import type { ChangedMessage } from '../../storage/message-change';
import { ORIGIN, type Position } from '../../storage/position';
import type { ChangeSource, ChangeStretch } from './change-feed';
import type { MessageChange } from './broadcast-changes';

/** Changes per read, each with the text of its message, and the approximate bytes of the texts. */
const PAGE = 256;
const PAGE_BYTES = 1024 * 1024;
const MAX_CODE_POINT_BYTES = 4;
/** Maximum changes scanned per read if most are superseded: a message may have been changed a hundred thousand times. */
const MAX_SCANNED = 2_000;
/** Time for the database to answer, in milliseconds. */
const READ_TIMEOUT_MS = 3_000;

/** Joins a change with its message, unless a newer one superseded it. */
const NEWEST = 'm.id = c.message_id AND m.change_id = c.id';

type WithState<State> = Change & { readonly state: State };

/** The database reads of the change feed. */
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
    return withDeadline(this.read(after), READ_TIMEOUT_MS, 'reading changes');
  }

  async between(after: Position, upTo: Position): Promise<ChangeStretch> {
    // Ids are contiguous, so this bounds the rows that the database scans.
    const end = Math.min(upTo, after + MAX_SCANNED);
    const found = (await this.changes
      .createQueryBuilder('c')
      .innerJoinAndMapOne('c.state', Message, 'm', NEWEST)
      .where('c.id > :after AND c.id <= :end', { after, end })
      .orderBy('c.id')
      .limit(this.pageSize)
      .getMany()) as WithState<ChangedMessage>[];
    // On SQLite reads are synchronous: catching up a reader that is far behind must not be a single turn of the event loop.
    await setImmediate();
    return { states: found.map(({ state }) => state), upTo: found.length < this.pageSize ? end : found.at(-1)!.id };
  }

  private async read(after: Position): Promise<readonly MessageChange[]> {
    const found = (await this.changes
      .createQueryBuilder('c')
      // Superseded changes have no state here: the message's current state comes with its newest change.
      .leftJoinAndMapOne('c.state', Message, 'm', NEWEST)
      .where('c.id > :after', { after })
      .orderBy('c.id')
      .limit(this.pageSize)
      .getMany()) as WithState<ChangedMessage | null>[];
    return found.map(({ id, state }) => ({ id, message: state?.message ?? '', state: state ?? undefined }));
  }
}
