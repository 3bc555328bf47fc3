import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A stored message. Ids are contiguous from 1 in commit order; they follow on the head, and no sequence hands them out. Names
 * are compared by their bytes on every database: SQLite does so anyway, PostgreSQL by the collation "C".
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

  /** The sender's name for the message, where it gave one; unique per user, so that a repeat is known. */
  @Column({ name: 'client_id', type: 'varchar', length: 64, nullable: true, select: false, collation: 'C' })
  clientId?: string;

  /** Of the text as it came with the `client_id`; null in what is older than the column. */
  @Column({ name: 'client_hash', type: 'varchar', length: 22, nullable: true, select: false })
  clientHash?: string | null;
}

/** One row: the last id handed out, which is also the number of stored messages. On SQLite a view of the newest message. */
@Entity('message_head', { synchronize: false })
export class MessageHead {
  @PrimaryColumn({ type: 'integer' })
  id: number;

  @Column({ name: 'last_id', type: 'integer' })
  lastId: number;
}

/**
 * Who wrote which message: the way to one user's messages. It covers the messages up to the id in `stats_totals.messages`;
 * a reader looks through what came since.
 */
@Entity('user_messages', { withoutRowid: true })
export class UserMessage {
  @PrimaryColumn({ type: 'varchar', length: 200, collation: 'C' })
  username: string;

  @PrimaryColumn({ type: 'integer' })
  id: number;
}
