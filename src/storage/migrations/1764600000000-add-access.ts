import { MigrationInterface, QueryRunner, Table, TableIndex, type TableColumnOptions } from 'typeorm';

/** Columns of a message's state. Nullable and without default, so that adding them rewrites no row. */
const STATE = ['author_id', 'change_id', 'edited_at', 'deleted_at'];

/** Authors and their names, changes of messages, moderation, and the identity of the database. */
export class AddAccess1764600000000 implements MigrationInterface {
  name = 'AddAccess1764600000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const isPostgres = queryRunner.dataSource.options.type === 'postgres';
    const integer = isPostgres ? 'bigint' : 'integer';
    const byBytes = isPostgres ? { collation: 'C' } : {};
    const key: TableColumnOptions = { name: 'id', type: integer, isPrimary: true };
    const generated: TableColumnOptions = { ...key, isGenerated: true, generationStrategy: 'increment' };
    const number = (name: string): TableColumnOptions => ({ name, type: integer });
    const text = (name: string, length: number): TableColumnOptions => ({
      name,
      type: 'varchar',
      length: String(length),
      ...byBytes,
    });
    const optional = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isNullable: true });
    const primary = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isPrimary: true });

    const tables: { name: string; columns: TableColumnOptions[]; unique?: string[] }[] = [
      {
        name: 'authors',
        columns: [generated, text('issuer', 512), text('subject', 255), number('created_at')],
        unique: ['issuer', 'subject'],
      },
      {
        name: 'owned_names',
        columns: [primary(text('username', 200)), number('author_id'), text('skeleton', 200)],
      },
      {
        name: 'author_keys',
        columns: [
          primary(number('author_id')),
          primary(text('client_id', 64)),
          number('message_id'),
          optional(number('change_id')),
        ],
      },
      { name: 'changes', columns: [key, number('message_id'), number('created_at')] },
      {
        name: 'sanctions',
        columns: [
          primary(text('kind', 4)),
          primary(text('username', 200)),
          optional(number('author_id')),
          optional(number('until')),
          optional(text('reason', 2000)),
          text('moderator', 200),
          number('created_at'),
        ],
      },
      {
        name: 'moderation_log',
        columns: [
          generated,
          number('created_at'),
          text('moderator', 200),
          text('action', 32),
          optional(text('username', 200)),
          optional(number('message_id')),
          optional(number('until')),
          optional(text('reason', 2000)),
        ],
      },
      { name: 'chat_epoch', columns: [key, text('epoch', 36)] },
    ];
    for (const { name, columns, unique } of tables) {
      const withoutRowid = columns.filter(({ isPrimary }) => isPrimary).length > 1;
      const indices = unique ? [{ name: `ux_${name}`, columnNames: unique, isUnique: true }] : [];
      await queryRunner.createTable(new Table({ name, columns, withoutRowid, indices }));
    }
    const byLook = new TableIndex({ name: 'ix_owned_names_skeleton', columnNames: ['skeleton'] });
    await queryRunner.createIndex('owned_names', byLook);
    // 128 random bits, made by the database, as in AddClusterSecret.
    const epoch = isPostgres ? 'gen_random_uuid()::text' : 'lower(hex(randomblob(16)))';
    await queryRunner.query(`INSERT INTO chat_epoch (id, epoch) SELECT 1, ${epoch}`);
    // Last: from here to the commit replicas of the previous version cannot store messages.
    // Not addColumn(): on SQLite TypeORM would copy the whole table.
    for (const name of STATE) await queryRunner.query(`ALTER TABLE messages ADD COLUMN ${name} ${integer}`);
    await queryRunner.query(
      `ALTER TABLE messages ADD COLUMN deleted_by varchar(200)${isPostgres ? ' COLLATE "C"' : ''}`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of [
      'chat_epoch',
      'moderation_log',
      'sanctions',
      'changes',
      'author_keys',
      'owned_names',
      'authors',
    ]) {
      await queryRunner.dropTable(table);
    }
    for (const name of [...STATE, 'deleted_by']) await queryRunner.query(`ALTER TABLE messages DROP COLUMN ${name}`);
  }
}
