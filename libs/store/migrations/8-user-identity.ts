import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Users who log in at a provider of identities. */
export class UserIdentity8 implements MigrationInterface {
  readonly name = 'UserIdentity1764000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SCHEMA);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE user_identity');
  }
}

const SCHEMA = `
-- Who somebody is at a provider: never found by name or mail, which may be another person's.
CREATE TABLE user_identity (
  issuer  text NOT NULL,
  subject text NOT NULL,
  user_id uuid NOT NULL UNIQUE REFERENCES app_user ON DELETE CASCADE,
  PRIMARY KEY (issuer, subject)
);
`;
