import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { Change } from '../storage/entities/change.entity';
import { Message } from '../storage/entities/message.entity';
import { fitting, PAGE_BYTES } from './message-reader';

/**
 * Maximum changes scanned per page, superseded ones included: bounds the cost of a page however many were superseded in a row.
 */
const MAX_SCANNED = 2_000;

export interface ChangedPage {
  /** In the order of their changes. */
  readonly rows: readonly Message[];
  /** The page contains every message whose newest change is up to here and after the requested one. */
  readonly upTo: number;
}

/** Reads messages by their newest change, in their present state. */
@Injectable()
export class ChangedMessages {
  constructor(
    @InjectRepository(Message) private readonly messages: Repository<Message>,
    @InjectRepository(Change) private readonly changes: Repository<Change>,
  ) {}

  /** Messages changed after the change `after`. */
  async following(after: number, limit: number): Promise<ChangedPage> {
    const [newest] = await this.changes.find({ order: { id: 'DESC' }, take: 1 });
    const head = newest?.id ?? 0;
    // Ids are contiguous, so this bounds the rows that the database reads.
    const end = Math.min(head, after + MAX_SCANNED);
    if (after >= end) return { rows: [], upTo: end };
    const found = await this.changes
      .createQueryBuilder('c')
      .innerJoin(Message, 'm', 'm.id = c.messageId AND m.changeId = c.id')
      .select('c.id', 'changeId')
      .addSelect('m.id', 'id')
      .addSelect('octet_length(m.message)', 'bytes')
      .where('c.id > :after AND c.id <= :end', { after, end })
      .orderBy('c.id')
      .limit(limit)
      .getRawMany<{ changeId: number; id: number; bytes: number }>();
    const page = fitting(found, PAGE_BYTES);
    const isWhole = page.length === found.length && found.length < limit;
    const upTo = isWhole ? end : page.at(-1)!.changeId;
    if (page.length === 0) return { rows: [], upTo };
    const rows = await this.messages.findBy({ id: In(page.map(({ id }) => id)) });
    // Changed again in between: it belongs to a later page.
    const present = rows.filter(({ changeId }) => changeId! <= upTo);
    return { rows: present.sort((one, other) => one.changeId! - other.changeId!), upTo };
  }
}
