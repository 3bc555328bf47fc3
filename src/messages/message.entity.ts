import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A stored message. Ids are contiguous from 1 in commit order; the head row hands them out, not the database. Names are
 * compared by their bytes on every database: SQLite does so anyway, PostgreSQL by the collation "C".
 */
@Entity('messages')
@Index('ix_messages_username_id', ['username', 'id'])
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
}

/** One row: the last id handed out, which is also the number of stored messages. */
@Entity('message_head')
export class MessageHead {
  @PrimaryColumn({ type: 'integer' })
  id: number;

  @Column({ name: 'last_id', type: 'integer' })
  lastId: number;
}
