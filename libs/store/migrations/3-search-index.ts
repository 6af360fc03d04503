import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the search index holds for certain. */
export class SearchIndex3 implements MigrationInterface {
  readonly name = 'SearchIndex1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SCHEMA);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE index_omission, index_coverage, search_index;
      ALTER TABLE segment DROP COLUMN commit_floor;`);
  }
}

const SCHEMA = `
-- No group up to this commit_seq has events in the segment: groups take their number after they have seen it.
-- Segments from before this column: 0, which says nothing.
ALTER TABLE segment ADD COLUMN commit_floor bigint NOT NULL DEFAULT 0;
ALTER TABLE segment ALTER COLUMN commit_floor
  SET DEFAULT coalesce(pg_sequence_last_value('commit_seq'::regclass), 0);

-- An index on the search server. The seal is a number that is also in the index itself: an index that was lost and
-- made again under its name has another, so what was known of the old one never counts for the new one.
CREATE TABLE search_index (
  id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name       text        NOT NULL UNIQUE,
  seal       bigint      NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Of the groups with a commit_seq from first_commit to last_commit, the index holds each event of its segments that
-- the query "match" finds, except those in index_omission. Ranges of one index do not overlap.
CREATE TABLE index_coverage (
  index_id     integer NOT NULL REFERENCES search_index ON DELETE CASCADE,
  first_commit bigint  NOT NULL,
  last_commit  bigint  NOT NULL,
  match        text    NOT NULL,
  documents    bigint  NOT NULL,
  PRIMARY KEY (index_id, first_commit),
  CHECK (first_commit <= last_commit)
) WITH (fillfactor = 50);

-- Events of covered groups that the index lacks: too large for it, or refused by it.
CREATE TABLE index_omission (
  index_id  integer     NOT NULL REFERENCES search_index ON DELETE CASCADE,
  ts        timestamptz NOT NULL,
  group_seq bigint      NOT NULL,
  ordinal   integer     NOT NULL,
  PRIMARY KEY (index_id, ts, group_seq, ordinal)
);
`;
