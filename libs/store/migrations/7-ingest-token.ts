import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tokens of those who send logs, and what they sent. */
export class IngestToken7 implements MigrationInterface {
  readonly name = 'IngestToken1764000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SCHEMA);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE ingest_token_usage, ingest_token_change, ingest_token');
  }
}

const SCHEMA = `
CREATE TABLE ingest_token (
  -- Public, a part of the token's text.
  id                text        PRIMARY KEY,
  name              text        NOT NULL UNIQUE,
  -- SHA-256 of 256 random bits.
  secret_hash       bytea       NOT NULL,
  -- Of the secret before the last rotation, accepted until previous_until.
  previous_hash     bytea,
  previous_until    timestamptz,
  -- NULL: all.
  services          text[],
  -- NULL: no limit.
  events_per_second integer,
  burst             integer,
  bytes_per_day     bigint,
  disabled          boolean     NOT NULL,
  created_at        timestamptz NOT NULL DEFAULT now(),
  rotated_at        timestamptz,
  expires_at        timestamptz,
  CHECK ((previous_hash IS NULL) = (previous_until IS NULL))
);

-- One row, counted up by every change of a token: ingest reads it each second, and the tokens when it has changed.
CREATE TABLE ingest_token_change (
  single  boolean PRIMARY KEY DEFAULT true CHECK (single),
  version bigint  NOT NULL
) WITH (fillfactor = 50);
INSERT INTO ingest_token_change (version) VALUES (1);

-- What a token sent on a UTC day, over all processes of ingest, which add to it each second.
CREATE TABLE ingest_token_usage (
  token_id text   NOT NULL REFERENCES ingest_token ON DELETE CASCADE,
  day      date   NOT NULL,
  events   bigint NOT NULL,
  bytes    bigint NOT NULL,
  PRIMARY KEY (token_id, day)
) WITH (fillfactor = 50);
`;
