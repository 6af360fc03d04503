import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which columnar files hold the events of a kept table, since files of several tables are merged. */
export class KeptRows10 implements MigrationInterface {
  readonly name = 'KeptRows1764000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
-- Of a kept table: the columnar segment that holds its events.
ALTER TABLE segment ADD COLUMN files_segment integer REFERENCES segment ON DELETE SET NULL;
UPDATE segment AS kept SET files_segment = columnar.id FROM segment AS columnar
  WHERE kept.engine = 'kept' AND columnar.engine = 'columnar' AND columnar.relation = kept.relation || ' (columnar)';
CREATE INDEX segment_files_segment ON segment (files_segment);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE segment DROP COLUMN files_segment');
  }
}
