import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Between, In, Repository, type SelectQueryBuilder } from 'typeorm';
import { Settings } from '../settings/settings';
import { Message } from '../storage/entities/message.entity';
import type { Position } from '../storage/position';
import type { View } from './message.dto';

/** Approximate bytes of text per read and per answer; a single longer message is a page by itself. */
export const PAGE_BYTES = 1024 * 1024;

/** Bytes of text per query: on SQLite a read blocks the event loop. */
const CHUNK_BYTES = 128 * 1024;

const MAX_CODE_POINT_BYTES = 4;

/** Columns of a message in the API document's form. */
const DOCUMENTED = { id: true, username: true, message: true, createdAt: true } as const;

/** The leading requested messages that fit into a page, in the requested order. */
export interface Stretch {
  readonly rows: readonly Message[];
  /** Whether requested messages were left out. */
  readonly isCut: boolean;
}

/** Reads stored messages in pages that are also bounded in bytes: with some settings 1,000 of the longest are gigabytes. */
@Injectable()
export class MessageReader {
  constructor(
    @InjectRepository(Message) private readonly messages: Repository<Message>,
    private readonly settings: Settings,
  ) {}

  /** Messages after the id `after`, oldest first. */
  following(after: Position, limit: number, view: View, maxBytes = PAGE_BYTES): Promise<Stretch> {
    const found = this.messages.createQueryBuilder('m').where('m.id > :after', { after });
    return this.read('ASC', limit, found, view, maxBytes);
  }

  one(id: number): Promise<Message | null> {
    return this.messages.findOneBy({ id });
  }

  /** Messages before the id `before`, newest first. */
  newest(before: number, limit: number, view: View): Promise<Stretch> {
    return this.read('DESC', limit, this.messages.createQueryBuilder('m').where('m.id < :before', { before }), view);
  }

  /** Messages of one user before the id `before`, newest first. */
  newestOf(username: string, before: number, limit: number, view: View): Promise<Stretch> {
    const found = this.ofUser(username, 'id < :bound', 'DESC').setParameters({ bound: before, limit });
    return this.read('DESC', limit, found, view);
  }

  /** Messages of one user after the id `after`, oldest first. */
  followingOf(username: string, after: Position, limit: number, view: View): Promise<Stretch> {
    const found = this.ofUser(username, 'id > :bound', 'ASC').setParameters({ bound: after, limit });
    return this.read('ASC', limit, found, view);
  }

  /** The user index covers all but the last messages (see `UserMessage`), which are scanned. */
  private ofUser(username: string, bound: string, order: 'ASC' | 'DESC'): SelectQueryBuilder<Message> {
    return this.messages.createQueryBuilder('m').where(
      `m.id IN (
        SELECT id FROM (
          SELECT id FROM (
            SELECT id FROM user_messages WHERE username = :username AND ${bound} ORDER BY id ${order} LIMIT :limit
          ) AS covered
          UNION ALL
          SELECT id FROM (
            SELECT id FROM messages
            WHERE id > (SELECT messages FROM stats_totals) AND ${bound} AND username = :username
            ORDER BY id ${order} LIMIT :limit
          ) AS recent
          ORDER BY id ${order} LIMIT :limit
        ) AS found
      )`,
      { username },
    );
  }

  private async read(
    order: 'ASC' | 'DESC',
    limit: number,
    found: SelectQueryBuilder<Message>,
    view: View,
    maxBytes = PAGE_BYTES,
  ): Promise<Stretch> {
    found.orderBy('m.id', order).limit(limit);
    const most = limit * this.settings.MAX_MESSAGE_LENGTH * MAX_CODE_POINT_BYTES;
    if (most <= maxBytes) {
      if (view !== 'full') found.select(Object.keys(DOCUMENTED).map((name) => `m.${name}`));
      return { rows: await found.getMany(), isCut: false };
    }
    // Sizes are found without reading the texts.
    const sizes = await found
      .select('m.id', 'id')
      .addSelect('octet_length(m.message)', 'bytes')
      .getRawMany<{ id: number; bytes: number }>();
    let left = fitting(sizes, maxBytes);
    const isCut = left.length < sizes.length;
    const rows: Message[] = [];
    const select = view === 'full' ? undefined : DOCUMENTED;
    while (left.length > 0) {
      const chunk = fitting(left, CHUNK_BYTES);
      left = left.slice(chunk.length);
      const id = among(chunk.map((size) => size.id));
      rows.push(...(await this.messages.find({ select, where: { id }, order: { id: order } })));
      // On SQLite reads are synchronous: this lets sockets have their turn in between.
      await setImmediate();
    }
    return { rows, isCut };
  }
}

export function fitting<Size extends { readonly bytes: number }>(
  sizes: readonly Size[],
  maxBytes: number,
): readonly Size[] {
  let sum = 0;
  const firstTooMuch = sizes.findIndex(({ bytes }, index) => (sum += bytes) > maxBytes && index > 0);
  return firstTooMuch === -1 ? sizes : sizes.slice(0, firstTooMuch);
}

/** A condition for these ids, which are sorted and usually contiguous. */
function among(ids: readonly number[]) {
  const ends = [ids[0]!, ids.at(-1)!];
  const [least, greatest] = [Math.min(...ends), Math.max(...ends)];
  return greatest - least === ids.length - 1 ? Between(least, greatest) : In(ids);
}
