import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

export type SanctionKind = 'mute' | 'ban';

/** A user who may not write (mute) or connect (ban). */
@Entity('sanctions', { withoutRowid: true })
export class Sanction {
  @PrimaryColumn({ type: 'varchar', length: 4, collation: 'C' })
  kind: SanctionKind;

  @PrimaryColumn({ type: 'varchar', length: 200, collation: 'C' })
  username: string;

  /** Owner of the name when the sanction was made, so that the author cannot evade it under another name. */
  @Column({ name: 'author_id', type: 'integer', nullable: true })
  authorId: number | null;

  /** Epoch milliseconds; null: until it is lifted. */
  @Column({ type: 'integer', nullable: true })
  until: number | null;

  @Column({ type: 'varchar', length: 2000, nullable: true, collation: 'C' })
  reason: string | null;

  @Column({ type: 'varchar', length: 200, collation: 'C' })
  moderator: string;

  /** Epoch milliseconds. */
  @Column({ name: 'created_at', type: 'integer' })
  createdAt: number;
}

/** A moderator's action. Append-only. */
@Entity('moderation_log')
export class ModerationLogEntry {
  @PrimaryGeneratedColumn({ type: 'integer' })
  id: number;

  /** Epoch milliseconds. */
  @Column({ name: 'created_at', type: 'integer' })
  createdAt: number;

  @Column({ type: 'varchar', length: 200, collation: 'C' })
  moderator: string;

  @Column({ type: 'varchar', length: 32, collation: 'C' })
  action: string;

  @Column({ type: 'varchar', length: 200, nullable: true, collation: 'C' })
  username: string | null;

  @Column({ name: 'message_id', type: 'integer', nullable: true })
  messageId: number | null;

  /** Epoch milliseconds. */
  @Column({ type: 'integer', nullable: true })
  until: number | null;

  @Column({ type: 'varchar', length: 2000, nullable: true, collation: 'C' })
  reason: string | null;
}
