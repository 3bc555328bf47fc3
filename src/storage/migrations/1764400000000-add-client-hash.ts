import { MigrationInterface, QueryRunner } from 'typeorm';

/** What tells a repeat of a message from another one under the same `client_id`. Messages of before have none. */
export class AddClientHash1764400000000 implements MigrationInterface {
  name = 'AddClientHash1764400000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // Not addColumn(): on SQLite TypeORM would copy the whole table for it.
    await queryRunner.query('ALTER TABLE messages ADD COLUMN client_hash varchar(22)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE messages DROP COLUMN client_hash');
  }
}
