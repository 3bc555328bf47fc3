import { MigrationInterface, QueryRunner, Table } from 'typeorm';

const COLUMNS = [
  { name: 'id', type: 'integer', isPrimary: true },
  { name: 'last_id', type: 'integer' },
];

/**
 * On SQLite, which has one writer, the last id is that of the newest message: as a row it was one more page in each commit.
 * On PostgreSQL the row stays: it is what the replicas' writers queue up for.
 */
export class HeadIsNewestMessage1764300000000 implements MigrationInterface {
  name = 'HeadIsNewestMessage1764300000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    if (queryRunner.dataSource.options.type === 'postgres') return;
    await queryRunner.dropTable('message_head');
    // A query of its own inside: with a condition on the view's `id`, SQLite would look at every message for the last.
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
