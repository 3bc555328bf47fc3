import { MigrationInterface, QueryRunner, Table } from 'typeorm';

const COLUMNS = [
  { name: 'id', type: 'integer', isPrimary: true },
  { name: 'last_id', type: 'integer' },
];

/**
 * On SQLite, with its single writer, the last id is that of the newest message: the row cost each commit a page. On PostgreSQL
 * the row stays, as the lock for which the replicas' writers queue.
 */
export class HeadIsNewestMessage1764300000000 implements MigrationInterface {
  name = 'HeadIsNewestMessage1764300000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    if (queryRunner.dataSource.options.type === 'postgres') return;
    await queryRunner.dropTable('message_head');
    // A subquery: otherwise a condition on the view's `id` would make SQLite scan all messages for the last one.
    await queryRunner.query(
      'CREATE VIEW message_head AS SELECT 1 AS id, coalesce((SELECT max(id) FROM messages), 0) AS last_id',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    if (queryRunner.dataSource.options.type === 'postgres') return;
    await queryRunner.query('DROP VIEW message_head');
    await queryRunner.createTable(new Table({ name: 'message_head', columns: COLUMNS }));
    await queryRunner.query('INSERT INTO message_head (id, last_id) SELECT 1, coalesce(max(id), 0) FROM messages');
  }
}
