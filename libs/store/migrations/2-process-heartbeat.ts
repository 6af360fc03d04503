import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which processes there are, and how they fare. */
export class ProcessHeartbeat2 implements MigrationInterface {
  readonly name = 'ProcessHeartbeat1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SCHEMA);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE process_heartbeat');
  }
}

const SCHEMA = `
-- One row per process, updated every two seconds with the clock of this server. No index but the key, and half of
-- each page free, so that an update stays on its page and leaves nothing for vacuum to find.
CREATE TABLE process_heartbeat (
  id         uuid PRIMARY KEY,
  kind       text        NOT NULL,
  version    text        NOT NULL,
  host       text        NOT NULL,
  started_at timestamptz NOT NULL,
  last_seen  timestamptz NOT NULL DEFAULT clock_timestamp(),
  phase      text        NOT NULL CHECK (phase IN ('alive', 'stopping', 'stopped')),
  figures    jsonb       NOT NULL
) WITH (fillfactor = 50);
`;
