import { MigrationInterface, QueryRunner, Table } from 'typeorm';

/** Messages, the head row that assigns their ids, and the counters. */
export class CreateChat1764000000000 implements MigrationInterface {
  name = 'CreateChat1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const isPostgres = queryRunner.dataSource.options.type === 'postgres';
    const integer = isPostgres ? 'bigint' : 'integer';
    const count = { type: integer };
    // Names compare and sort by their bytes, SQLite's default, whatever the locale of the database.
    const byBytes = isPostgres ? { collation: 'C' } : {};
    await queryRunner.createTable(
      new Table({
        name: 'messages',
        columns: [
          { name: 'id', type: integer, isPrimary: true },
          { name: 'username', type: 'varchar', length: '200', ...byBytes },
          { name: 'message', type: 'text' },
          { name: 'created_at', type: integer },
        ],
        indices: [{ name: 'ix_messages_username_id', columnNames: ['username', 'id'] }],
      }),
    );
    await queryRunner.createTable(
      new Table({
        name: 'message_head',
        columns: [
          { name: 'id', type: integer, isPrimary: true },
          { name: 'last_id', ...count },
        ],
      }),
    );
    await queryRunner.createTable(
      new Table({
        name: 'stats_totals',
        columns: [
          { name: 'id', type: integer, isPrimary: true },
          { name: 'messages', ...count },
          { name: 'users', ...count },
          { name: 'code_points', ...count },
        ],
      }),
    );
    await queryRunner.createTable(
      new Table({
        name: 'stats_users',
        columns: [
          { name: 'username', type: 'varchar', length: '200', isPrimary: true, ...byBytes },
          { name: 'messages', ...count },
        ],
        indices: [{ name: 'ix_stats_users_rank', columnNames: ['messages', 'username'] }],
      }),
    );
    await queryRunner.createTable(
      new Table({
        name: 'stats_days',
        columns: [
          { name: 'day', type: 'varchar', length: '10', isPrimary: true, ...byBytes },
          { name: 'messages', ...count },
        ],
      }),
    );
    await queryRunner.query('INSERT INTO message_head (id, last_id) VALUES (1, 0)');
    await queryRunner.query('INSERT INTO stats_totals (id, messages, users, code_points) VALUES (1, 0, 0, 0)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['stats_days', 'stats_users', 'stats_totals', 'message_head', 'messages']) {
      await queryRunner.dropTable(table);
    }
  }
}
