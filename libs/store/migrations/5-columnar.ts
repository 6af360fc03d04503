import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Columnar files beside the rows, and partitions that are closed for good. */
export class Columnar5 implements MigrationInterface {
  readonly name = 'Columnar1764000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SCHEMA);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP VIEW log_event_all;
      DROP TABLE columnar_file, log_event_late;
      ALTER TABLE segment DROP CONSTRAINT segment_one_to_write, DROP COLUMN sealed_commit, DROP COLUMN deletions,
        DROP COLUMN superseded_at;
      ALTER TABLE segment ADD CONSTRAINT segment_tstzrange_excl
        EXCLUDE USING gist (tstzrange(range_start, range_end) WITH &&) WHERE (engine = 'rows');`);
  }
}

const SCHEMA = `
-- Engines: 'rows' is a table of events; 'columnar' is files (columnar_file), whose relation names nothing in
-- Postgres; 'kept' is a table whose events are in files too: nothing of Penstock reads it.
-- A sealed table takes no more events (sealed_commit: all its groups have a commit_seq up to this). For events that
-- come later, there is another table with the same range. Events leave it only by retention, counted in deletions.
ALTER TABLE segment ADD COLUMN sealed_commit bigint;
ALTER TABLE segment ADD COLUMN deletions integer NOT NULL DEFAULT 0;
ALTER TABLE segment ADD COLUMN superseded_at timestamptz;
ALTER TABLE segment DROP CONSTRAINT segment_tstzrange_excl;
ALTER TABLE segment ADD CONSTRAINT segment_one_to_write
  EXCLUDE USING gist (tstzrange(range_start, range_end) WITH &&) WHERE (engine = 'rows' AND sealed_commit IS NULL);

-- The tables for events that come after their partition was sealed; they may share a range, so they are children
-- by inheritance.
CREATE TABLE log_event_late (LIKE log_event);
CREATE VIEW log_event_all AS SELECT * FROM log_event UNION ALL SELECT * FROM log_event_late;

-- Files in the storage. One counts while it names a segment; else it is being written or waits to be removed, since
-- the time in "since". The name is noted before the file is written, so that none is ever left behind.
CREATE TABLE columnar_file (
  name        text PRIMARY KEY,
  segment_id  integer REFERENCES segment,
  since       timestamptz NOT NULL DEFAULT now(),
  events      bigint,
  bytes       bigint,
  skip_bytes  bigint,
  min_ts      timestamptz,
  max_ts      timestamptz,
  first_group bigint,
  last_group  bigint,
  sha256      text,
  skip_sha256 text
);
CREATE INDEX columnar_file_segment ON columnar_file (segment_id);
CREATE INDEX columnar_file_last_group ON columnar_file (last_group);
`;
