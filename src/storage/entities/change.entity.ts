import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A change of a message. Ids are gap-free from 1 in commit order, like those of messages. The message's row has the current state
 * and the id of the newest change; older changes keep their rows here, without their texts.
 */
@Entity('changes')
export class Change {
  @PrimaryColumn({ type: 'integer' })
  id: number;

  @Column({ name: 'message_id', type: 'integer' })
  messageId: number;

  /** Epoch milliseconds by the server's clock. */
  @Column({ name: 'created_at', type: 'integer' })
  createdAt: number;
}

/** One row: the random identity of the database, assigned at its creation. Backup and `move` preserve it. */
@Entity('chat_epoch')
export class ChatEpoch {
  @PrimaryColumn({ type: 'integer' })
  id: number;

  @Column({ type: 'varchar', length: 36, collation: 'C' })
  epoch: string;
}
