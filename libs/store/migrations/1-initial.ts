import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The first schema. Why it is so lean: indexes on ids and text halve the write rate, so the hot partition carries
 * only two, and the skip index (skip_filter) makes needles fast (ARCHITECTURE.md, "Reading").
 */
export class Initial1 implements MigrationInterface {
  /** TypeORM wants the time of a migration, in ms, as the last 13 digits. */
  readonly name = 'Initial1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SCHEMA);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE log_event, segment, log_group, group_part, skip_filter, rollup_minute, rollup_hour,
        rollup_hour_overflow, ingest_batch, quarantine;
      DROP SEQUENCE group_seq, commit_seq;`);
  }
}

const SCHEMA = `
-- The events. Partitions are made on demand by the store; there is no default partition.
-- level is the rank of the canonical level: 0 trace .. 5 fatal.
CREATE TABLE log_event (
  ts                 timestamptz NOT NULL,
  group_seq          bigint      NOT NULL,
  ordinal            integer     NOT NULL,
  level              smallint    NOT NULL,
  message            text        NOT NULL,
  level_text         text,
  resource_id        text,
  trace_id           text,
  span_id            text,
  commit             text,
  service            text,
  event_type         text,
  parent_resource_id text,
  metadata           jsonb       NOT NULL
) PARTITION BY RANGE (ts);

-- The segment catalog: which stretch of time is read in which way. 'rows' is a partition of log_event, whose
-- relation name is given; further engines (columnar files) are further rows.
CREATE TABLE segment (
  id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  engine      text        NOT NULL DEFAULT 'rows',
  relation    text        NOT NULL UNIQUE,
  range_start timestamptz NOT NULL,
  range_end   timestamptz NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  CHECK (range_start < range_end),
  EXCLUDE USING gist (tstzrange(range_start, range_end) WITH &&) WHERE (engine = 'rows')
);

-- group_seq is given before the commit and is part of every event's key; commit_seq is taken under an advisory
-- lock as the last statement of the transaction, so that it appears strictly in order.
CREATE SEQUENCE group_seq;
CREATE SEQUENCE commit_seq;

-- One row per committed group. The two flags say whether the rollups count its events already.
CREATE TABLE log_group (
  group_seq     bigint PRIMARY KEY,
  commit_seq    bigint      NOT NULL UNIQUE,
  committed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  events        integer     NOT NULL,
  minute_rollup boolean     NOT NULL,
  hour_rollup   boolean     NOT NULL
);
CREATE INDEX log_group_pending ON log_group (group_seq) WHERE NOT (minute_rollup AND hour_rollup);

-- What of a group lies in a segment and is not yet covered by a filter. A reader scans these.
CREATE TABLE group_part (
  segment_id integer NOT NULL REFERENCES segment ON DELETE CASCADE,
  group_seq  bigint  NOT NULL,
  events     integer NOT NULL,
  min_ts     timestamptz NOT NULL,
  max_ts     timestamptz NOT NULL,
  PRIMARY KEY (segment_id, group_seq)
);
CREATE INDEX group_part_group ON group_part (group_seq);

-- The skip index: one Bloom filter over the tokens of the groups first_group..last_group in one segment.
-- Immutable; commit_seq (of its own) lets a reader's cache ask for what is new.
CREATE TABLE skip_filter (
  commit_seq  bigint  PRIMARY KEY DEFAULT nextval('commit_seq'),
  segment_id  integer NOT NULL REFERENCES segment ON DELETE CASCADE,
  first_group bigint  NOT NULL,
  last_group  bigint  NOT NULL,
  events      integer NOT NULL,
  min_ts      timestamptz NOT NULL,
  max_ts      timestamptz NOT NULL,
  bits        bytea   NOT NULL
);
ALTER TABLE skip_filter ALTER COLUMN bits SET STORAGE EXTERNAL;
CREATE INDEX skip_filter_segment ON skip_filter (segment_id, commit_seq);
-- For finding the segments of a group.
CREATE INDEX skip_filter_last_group ON skip_filter (last_group);

-- Rollups: appended per group, merged by a job. Counts may be negative (retention takes out what it deletes).
CREATE TABLE rollup_minute (
  minute  timestamptz NOT NULL,
  level   smallint    NOT NULL,
  service text,
  events  bigint      NOT NULL,
  merged  boolean     NOT NULL DEFAULT false
);
CREATE INDEX rollup_minute_minute ON rollup_minute (minute);
CREATE INDEX rollup_minute_unmerged ON rollup_minute (minute) WHERE NOT merged;
CREATE TABLE rollup_hour (
  hour        timestamptz NOT NULL,
  service     text,
  resource_id text,
  level       smallint    NOT NULL,
  events      bigint      NOT NULL,
  merged      boolean     NOT NULL DEFAULT false
);
CREATE INDEX rollup_hour_hour ON rollup_hour (hour);
CREATE INDEX rollup_hour_unmerged ON rollup_hour (hour) WHERE NOT merged;
-- Hours with too many resourceIds to roll up: readers scan them.
CREATE TABLE rollup_hour_overflow (hour timestamptz PRIMARY KEY);

-- The ledger: which batches are stored. Exactly once hangs on its primary key.
CREATE TABLE ingest_batch (
  id          uuid PRIMARY KEY,
  group_seq   bigint      NOT NULL,
  received_at timestamptz NOT NULL,
  stored_at   timestamptz NOT NULL DEFAULT now(),
  body_hash   bytea
);
CREATE INDEX ingest_batch_stored_at ON ingest_batch USING brin (stored_at) WITH (pages_per_range = 16);

-- What could not be stored, as it was sent.
CREATE TABLE quarantine (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  quarantined_at timestamptz NOT NULL DEFAULT now(),
  reason         text    NOT NULL,
  detail         text    NOT NULL,
  batch_id       uuid,
  events         integer NOT NULL,
  raw            bytea   NOT NULL
);
CREATE INDEX quarantine_reason ON quarantine (reason, id);
`;
