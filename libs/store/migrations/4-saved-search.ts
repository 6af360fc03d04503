import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Searches that people keep under a name. */
export class SavedSearch4 implements MigrationInterface {
  readonly name = 'SavedSearch1764000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SCHEMA);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE saved_search');
  }
}

const SCHEMA = `
CREATE TABLE saved_search (
  id         uuid        PRIMARY KEY,
  -- The empty text is no folder.
  folder     text        NOT NULL,
  name       text        NOT NULL,
  query      text        NOT NULL,
  -- As they were written, so that "-15m" stays the last 15 minutes; NULL is open.
  range_from text,
  range_to   text,
  columns    text[],
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (folder, name)
);
`;
