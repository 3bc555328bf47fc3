import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { AppError } from '../platform/errors/app-error';
import { namesMeant } from '../platform/text/username';
import { StatsService } from '../stats/stats.service';
import { MessageHead } from '../storage/entities/message.entity';
import { atOffset, before as positionBefore, countUpTo, next, ORIGIN } from '../storage/position';
import { ChangedMessages } from './changed-messages';
import { COST_OF_CHANGE } from './feed/change-feed';
import { formOf, fullForm } from './message-form';
import { MessageReader, PAGE_BYTES, type Stretch } from './message-reader';
import type { MessageOf, View } from './message.dto';
import type {
  ChangesQuery,
  ChangesResponse,
  PageQuery,
  PageResponse,
  RecentQuery,
  RecentResponse,
  UserQuery,
  UserResponse,
} from './messages.dto';

const DEFAULT_LIMIT = 50;
const FIRST = next(ORIGIN);
const NEWEST = Number.MAX_SAFE_INTEGER;

/** A page, with the query for the rest if it was cut at `PAGE_BYTES`. */
export interface Page<Body> {
  readonly body: Body;
  /** Bytes charged for the page: its messages as JSON, at most about `PAGE_BYTES`, or more if more was read. */
  readonly bytes: number;
  /** Query for the rest of the requested messages. */
  readonly next: string | undefined;
}

/**
 * The lists of messages. An offset is a `Position`, hence a seek (`id > offset`): a list costs the same in a large store as in a
 * small one.
 */
@Injectable()
export class MessagesService {
  constructor(
    @InjectRepository(MessageHead) private readonly heads: Repository<MessageHead>,
    private readonly reader: MessageReader,
    private readonly changed: ChangedMessages,
    private readonly stats: StatsService,
  ) {}

  /** @throws AppError when more than one of offset, after and before is given */
  async page({ limit = DEFAULT_LIMIT, offset, after, before, view }: PageQuery): Promise<Page<PageResponse>> {
    if ([offset, after, before].filter((start) => start !== undefined).length > 1)
      throw new AppError('cursor_and_offset');
    const start = offset === undefined ? (after ?? ORIGIN) : atOffset(offset);
    const [total, found] = await Promise.all([
      this.total(),
      before === undefined ? this.reader.following(start, limit, view) : this.reader.newest(before, limit, view),
    ]);
    const { messages, ...rest } = cut(found, limit, before === undefined ? 'after' : 'before', view);
    const skipped = countUpTo(before === undefined ? start : positionBefore(messages[0]?.id ?? FIRST));
    return { body: { messages, total, limit, offset: skipped }, ...rest };
  }

  async recent({ limit = DEFAULT_LIMIT, before = NEWEST, view }: RecentQuery): Promise<Page<RecentResponse>> {
    const { messages, ...rest } = cut(await this.reader.newest(before, limit, view), limit, 'before', view);
    return { body: { messages, total: messages.length, limit }, ...rest };
  }

  async ofUser(
    given: string,
    { limit = DEFAULT_LIMIT, before = NEWEST, view }: UserQuery,
  ): Promise<Page<UserResponse>> {
    let username = given;
    let total = 0;
    let found: Stretch = { rows: [], isCut: false };
    for (const name of namesMeant(given)) {
      if (total > 0) break;
      username = name;
      [found, total] = await Promise.all([
        this.reader.newestOf(name, before, limit, view),
        this.stats.messagesOf(name),
      ]);
    }
    const { messages, ...rest } = cut(found, limit, 'before', view);
    return { body: { messages, username, total_messages: total, limit }, ...rest };
  }

  /** Messages changed since a change, each in its current state. */
  async changes({ limit = DEFAULT_LIMIT, after = 0 }: ChangesQuery): Promise<Page<ChangesResponse>> {
    const { rows, upTo } = await this.changed.following(after, limit);
    const messages = rows.map(fullForm);
    const bytes = Math.max(Buffer.byteLength(JSON.stringify(messages)), COST_OF_CHANGE * (upTo - after));
    return { body: { messages, last_change_id: upTo, limit }, bytes, next: undefined };
  }

  /**
   * The stored name that a query for this one means: the first candidate with messages, else the first; undefined without a
   * candidate.
   */
  async storedName(given: string): Promise<string | undefined> {
    const names = namesMeant(given);
    for (const name of names) {
      if ((await this.stats.messagesOf(name)) > 0) return name;
    }
    return names[0];
  }

  /** Number of stored messages. */
  async total(): Promise<number> {
    return countUpTo((await this.heads.findOneByOrFail({ id: 1 })).lastId);
  }
}

/**
 * The messages that fit into an answer, oldest first; rows read `before` an id are newest first. JSON takes up to six bytes for
 * one byte of text.
 */
function cut({ rows, isCut }: Stretch, limit: number, cursor: 'after' | 'before', view: View) {
  const messages: MessageOf[] = [];
  let bytes = 0;
  for (const row of rows) {
    const message = formOf(row, view);
    const size = Buffer.byteLength(JSON.stringify(message));
    if (bytes + size > PAGE_BYTES && bytes > 0) break;
    bytes += size;
    messages.push(message);
  }
  const isWhole = !isCut && messages.length === rows.length;
  const next = isWhole
    ? undefined
    : `?${cursor}=${messages.at(-1)!.id}&limit=${limit - messages.length}${view ? `&view=${view}` : ''}`;
  if (cursor === 'before') messages.reverse();
  return { messages, bytes, next };
}
