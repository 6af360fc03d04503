import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Users, their sessions, what people do, and whose a saved search is. */
export class Access6 implements MigrationInterface {
  readonly name = 'Access1764000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SCHEMA);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX saved_search_private, saved_search_shared;
      DELETE FROM saved_search WHERE NOT shared;
      ALTER TABLE saved_search DROP COLUMN owner_id, DROP COLUMN owner_name, DROP COLUMN shared,
        ADD UNIQUE (folder, name);
      DROP TABLE login_failure, audit_entry, session, app_user;`);
  }
}

const SCHEMA = `
CREATE TABLE app_user (
  id            uuid        PRIMARY KEY,
  name          text        NOT NULL,
  -- The name as it is compared: two names that look alike are one.
  name_key      text        NOT NULL UNIQUE,
  role          text        NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
  -- The only services whose events are seen; NULL: all.
  services      text[]      CHECK (role <> 'admin' OR services IS NULL),
  disabled      boolean     NOT NULL DEFAULT false,
  -- Argon2id as a PHC string; NULL: there is no login by password.
  password_hash text,
  created_at    timestamptz NOT NULL,
  updated_at    timestamptz NOT NULL,
  last_login_at timestamptz
);

-- The token itself is only in the browser's cookie; from its hash it cannot be found.
CREATE TABLE session (
  id           uuid        PRIMARY KEY,
  token_hash   bytea       NOT NULL UNIQUE,
  user_id      uuid        NOT NULL REFERENCES app_user ON DELETE CASCADE,
  created_at   timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  address      text,
  user_agent   text
);
CREATE INDEX session_user_id ON session (user_id);
CREATE INDEX session_expires_at ON session (expires_at);

-- Failed logins by user name and by address, so that limits hold whichever gateway is asked.
CREATE TABLE login_failure (
  subject      text        PRIMARY KEY,
  failures     integer     NOT NULL,
  window_start timestamptz NOT NULL,
  locked_until timestamptz
);

CREATE TABLE audit_entry (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL,
  actor_kind text        NOT NULL,
  actor_id   text,
  actor      text        NOT NULL,
  action     text        NOT NULL,
  target     text,
  address    text,
  outcome    text        NOT NULL CHECK (outcome IN ('ok', 'failed', 'refused')),
  detail     jsonb       NOT NULL
);
CREATE INDEX audit_entry_at ON audit_entry (at, id);

-- Searches from before belong to nobody and are shared. A name is one of its kind among the shared ones of a
-- folder, and among the private ones of its owner there.
ALTER TABLE saved_search
  ADD COLUMN owner_id   text,
  ADD COLUMN owner_name text,
  ADD COLUMN shared     boolean NOT NULL DEFAULT true,
  DROP CONSTRAINT saved_search_folder_name_key;
CREATE UNIQUE INDEX saved_search_shared ON saved_search (folder, name) WHERE shared;
CREATE UNIQUE INDEX saved_search_private ON saved_search (owner_id, folder, name) WHERE NOT shared;
`;
