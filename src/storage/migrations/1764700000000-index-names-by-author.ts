import { MigrationInterface, QueryRunner, TableIndex } from 'typeorm';

/** Index for counting the names of an author, whose number is limited. */
export class IndexNamesByAuthor1764700000000 implements MigrationInterface {
  name = 'IndexNamesByAuthor1764700000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const index = new TableIndex({ name: 'ix_owned_names_author', columnNames: ['author_id'] });
    await queryRunner.createIndex('owned_names', index);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropIndex('owned_names', 'ix_owned_names_author');
  }
}
