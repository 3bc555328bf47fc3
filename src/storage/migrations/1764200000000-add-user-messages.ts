import { MigrationInterface, QueryRunner, Table, TableIndex } from 'typeorm';

/**
 * Replaces the index of users' messages by a table that catches up in bulk, like the counters. The index cost each batch a page
 * per user.
 */
export class AddUserMessages1764200000000 implements MigrationInterface {
  name = 'AddUserMessages1764200000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const isPostgres = queryRunner.dataSource.options.type === 'postgres';
    const byBytes = isPostgres ? { collation: 'C' } : {};
    await queryRunner.createTable(
      new Table({
        name: 'user_messages',
        columns: [
          { name: 'username', type: 'varchar', length: '200', isPrimary: true, ...byBytes },
          { name: 'id', type: isPostgres ? 'bigint' : 'integer', isPrimary: true },
        ],
        withoutRowid: true,
      }),
    );
    await queryRunner.query(
      `INSERT INTO user_messages (username, id)
       SELECT username, id FROM messages WHERE id <= (SELECT messages FROM stats_totals) ORDER BY username, id`,
    );
    await queryRunner.dropIndex('messages', 'ix_messages_username_id');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createIndex(
      'messages',
      new TableIndex({ name: 'ix_messages_username_id', columnNames: ['username', 'id'] }),
    );
    await queryRunner.dropTable('user_messages');
  }
}
