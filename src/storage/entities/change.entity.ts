import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * That a message was changed. Ids are gap-free from 1 in commit order, as those of messages. The message's row has its present
 * state and the id of its newest change; older changes of it keep their rows here, without their texts.
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

/** One row: the random identity that a database gets when it is made. Backup and `move` keep it. */
@Entity('chat_epoch')
export class ChatEpoch {
  @PrimaryColumn({ type: 'integer' })
  id: number;

  @Column({ type: 'varchar', length: 36, collation: 'C' })
  epoch: string;
}
