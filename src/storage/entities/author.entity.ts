import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** Maximum stored length, in code points. Skeletons can be eighteen times as long as their names, too long for an index. */
export const MAX_STORED_SKELETON = 200;

/** A user with an identity: the subject of an issuer. Messages refer to the id. */
@Entity('authors')
@Index('ux_authors', ['issuer', 'subject'], { unique: true })
export class Author {
  @PrimaryGeneratedColumn({ type: 'integer' })
  id: number;

  @Column({ type: 'varchar', length: 512, collation: 'C' })
  issuer: string;

  @Column({ type: 'varchar', length: 255, collation: 'C' })
  subject: string;

  /** Epoch milliseconds. */
  @Column({ name: 'created_at', type: 'integer' })
  createdAt: number;
}

/** A name permanently owned by an author: nobody else may write under it. */
@Entity('owned_names')
@Index('ix_owned_names_skeleton', ['skeleton'])
@Index('ix_owned_names_author', ['authorId'])
export class OwnedName {
  @PrimaryColumn({ type: 'varchar', length: 200, collation: 'C' })
  username: string;

  @Column({ name: 'author_id', type: 'integer' })
  authorId: number;

  /** Prefix of the name's skeleton, which names that look like it share. */
  @Column({ type: 'varchar', length: MAX_STORED_SKELETON, collation: 'C' })
  skeleton: string;
}

/** An author's idempotency key, and the message or change it stands for. Messages without an author store theirs in their row. */
@Entity('author_keys', { withoutRowid: true })
export class AuthorKey {
  @PrimaryColumn({ name: 'author_id', type: 'integer' })
  authorId: number;

  @PrimaryColumn({ name: 'client_id', type: 'varchar', length: 64, collation: 'C' })
  clientId: string;

  @Column({ name: 'message_id', type: 'integer' })
  messageId: number;

  /** Null: the key of the message itself. */
  @Column({ name: 'change_id', type: 'integer', nullable: true })
  changeId: number | null;
}
