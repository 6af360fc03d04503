import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables whose rows came back from columnar files stay for a while. */
export class HeldSegment9 implements MigrationInterface {
  readonly name = 'HeldSegment1764000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
-- A sealed table that does not become columnar files before this time.
ALTER TABLE segment ADD COLUMN held_until timestamptz;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE segment DROP COLUMN held_until');
  }
}
