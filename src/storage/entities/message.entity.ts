import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A stored message. Ids are gap-free from 1 in commit order; the append assigns them from the head, not from a sequence. Names
 * compare by their bytes on every database: on SQLite by default, on PostgreSQL by the collation "C". Fields: `MESSAGE_FIELDS`.
 */
@Entity('messages')
@Index('ux_messages_username_client_id', ['username', 'clientId'], { unique: true, where: 'client_id IS NOT NULL' })
export class Message {
  @PrimaryColumn({ type: 'integer' })
  id: number;

  @Column({ type: 'varchar', length: 200, collation: 'C' })
  username: string;

  @Column({ type: 'text' })
  message: string;

  /** Epoch milliseconds by the server's clock. */
  @Column({ name: 'created_at', type: 'integer' })
  createdAt: number;

  /** The idempotency key, unique per user. */
  @Column({ name: 'client_id', type: 'varchar', length: 64, nullable: true, select: false, collation: 'C' })
  clientId?: string;

  /** Digest of key and original text; null in messages older than the column. */
  @Column({ name: 'client_hash', type: 'varchar', length: 22, nullable: true, select: false })
  clientHash?: string | null;

  /** The sender (`Author`); null if the sender had no identity. */
  @Column({ name: 'author_id', type: 'integer', nullable: true })
  authorId?: number | null;

  /** The newest change (`Change`); null, like the three columns below, in messages that were never changed. */
  @Column({ name: 'change_id', type: 'integer', nullable: true })
  changeId?: number | null;

  /** Epoch milliseconds of the last edit. */
  @Column({ name: 'edited_at', type: 'integer', nullable: true })
  editedAt?: number | null;

  /** Epoch milliseconds; set in tombstones, whose text is erased. */
  @Column({ name: 'deleted_at', type: 'integer', nullable: true })
  deletedAt?: number | null;

  /** Name of the author or moderator who deleted the message. */
  @Column({ name: 'deleted_by', type: 'varchar', length: 200, nullable: true, collation: 'C' })
  deletedBy?: string | null;
}

/** One row: the last assigned id, which is also the number of messages. On SQLite a view of the newest message. */
@Entity('message_head', { synchronize: false })
export class MessageHead {
  @PrimaryColumn({ type: 'integer' })
  id: number;

  @Column({ name: 'last_id', type: 'integer' })
  lastId: number;
}

/**
 * The index of users' messages. Covers the messages up to the id in `stats_totals.messages`; readers scan the newer ones.
 */
@Entity('user_messages', { withoutRowid: true })
export class UserMessage {
  @PrimaryColumn({ type: 'varchar', length: 200, collation: 'C' })
  username: string;

  @PrimaryColumn({ type: 'integer' })
  id: number;
}
