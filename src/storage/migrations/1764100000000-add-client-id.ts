import { MigrationInterface, QueryRunner } from 'typeorm';

/** The idempotency key, unique per user, which makes retries of a message safe. */
export class AddClientId1764100000000 implements MigrationInterface {
  name = 'AddClientId1764100000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const byBytes = queryRunner.dataSource.options.type === 'postgres' ? ' COLLATE "C"' : '';
    // Not addColumn(): on SQLite TypeORM would copy the whole table.
    await queryRunner.query(`ALTER TABLE messages ADD COLUMN client_id varchar(64)${byBytes}`);
    await queryRunner.query(
      'CREATE UNIQUE INDEX ux_messages_username_client_id ON messages (username, client_id) WHERE client_id IS NOT NULL',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX ux_messages_username_client_id');
    await queryRunner.query('ALTER TABLE messages DROP COLUMN client_id');
  }
}
