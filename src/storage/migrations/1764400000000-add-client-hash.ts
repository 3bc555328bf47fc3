import { MigrationInterface, QueryRunner } from 'typeorm';

/** The digest that distinguishes a repeat from another text under the same idempotency key; null in existing messages. */
export class AddClientHash1764400000000 implements MigrationInterface {
  name = 'AddClientHash1764400000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // Not addColumn(): on SQLite TypeORM would copy the whole table.
    await queryRunner.query('ALTER TABLE messages ADD COLUMN client_hash varchar(22)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE messages DROP COLUMN client_hash');
  }
}
