import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What replicas sign their messages to each other with, where nobody gives them a secret. Only for the owner of the tables.
 * SQLite has one server.
 */
export class AddClusterSecret1764500000000 implements MigrationInterface {
  name = 'AddClusterSecret1764500000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    if (queryRunner.dataSource.options.type !== 'postgres') return;
    await queryRunner.query('CREATE TABLE cluster_secret (id bigint PRIMARY KEY CHECK (id = 1), secret text NOT NULL)');
    // Default privileges may have let others in.
    await queryRunner.query(`
      DO $$ DECLARE reader text; BEGIN
        FOR reader IN
          SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
          FROM pg_class, aclexplode(relacl) WHERE pg_class.oid = 'cluster_secret'::regclass AND grantee <> relowner
        LOOP
          EXECUTE 'REVOKE ALL ON cluster_secret FROM ' || reader || ' CASCADE';
        END LOOP;
      END $$`);
    // Made by the server, so that no log of statements has it: 244 random bits.
    await queryRunner.query('INSERT INTO cluster_secret SELECT 1, gen_random_uuid()::text || gen_random_uuid()::text');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    if (queryRunner.dataSource.options.type !== 'postgres') return;
    await queryRunner.query('DROP TABLE cluster_secret');
  }
}
