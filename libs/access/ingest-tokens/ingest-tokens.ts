import type { Pool } from 'pg';
import { MICROS_PER_SECOND, type Micros } from '#event';
import { asStoreError } from '#store';
import { MOST_INGEST_TOKENS, type IngestToken, type TokenToKeep } from './ingest-token.ts';
import {
  formatToken,
  hashSecret,
  newSecret,
  newTokenId,
  type RandomBytes,
} from './token-secret.ts';

export type KeepOutcome =
  | { readonly kind: 'kept'; readonly token: IngestToken }
  /** Another token has this name. */
  | { readonly kind: 'name-taken' }
  /** There are `MOST_INGEST_TOKENS`. */
  | { readonly kind: 'full' }
  /** There is no token of this id. */
  | { readonly kind: 'absent' };

/** A token together with its text, which is told once and kept nowhere. */
export interface IssuedToken {
  readonly kind: 'issued';
  readonly token: IngestToken;
  readonly text: string;
}

/** The tokens as admins use them. Every call throws StoreUnavailableError while Postgres is away. */
export interface IngestTokens {
  /** By name. */
  list(): Promise<readonly IngestToken[]>;
  create(token: TokenToKeep): Promise<IssuedToken | Exclude<KeepOutcome, { kind: 'kept' }>>;
  /** Changes all but the secret. */
  change(id: string, token: TokenToKeep): Promise<KeepOutcome>;
  /** Gives it a new secret; the one before is accepted for `graceSeconds` more. Null: there is no such token. */
  rotate(id: string, graceSeconds: number): Promise<IssuedToken | null>;
  /** Its name, or null where there was no such token. */
  revoke(id: string): Promise<string | null>;
}

const UNIQUE_VIOLATION = '23505';

const micros = (column: string): string =>
  `(extract(epoch FROM ${column}) * 1000000)::bigint::text`;

const COLUMNS = `
  id, name, services, events_per_second, burst, bytes_per_day::text, disabled,
  ${micros('created_at')} AS created_at, ${micros('rotated_at')} AS rotated_at,
  ${micros('expires_at')} AS expires_at,
  ${micros('CASE WHEN previous_until > now() THEN previous_until END')} AS previous_until`;

/** A change of a token and of the version that ingest looks at, in one statement. */
const noted = (change: string): string => `
WITH noted AS (UPDATE ingest_token_change SET version = version + 1), changed AS (${change} RETURNING *)
SELECT ${COLUMNS}, coalesce(events, 0)::text AS events, coalesce(bytes, 0)::text AS bytes
  FROM changed LEFT JOIN ingest_token_usage ON token_id = id AND day = (now() AT TIME ZONE 'UTC')::date`;

const LIST_SQL = `
SELECT ${COLUMNS}, coalesce(events, 0)::text AS events, coalesce(bytes, 0)::text AS bytes
  FROM ingest_token LEFT JOIN ingest_token_usage ON token_id = id AND day = (now() AT TIME ZONE 'UTC')::date
 ORDER BY name LIMIT $1`;

const CREATE_SQL = noted(`
  INSERT INTO ingest_token (name, services, events_per_second, burst, bytes_per_day, disabled, expires_at, id, secret_hash)
  SELECT $1, $2, $3, $4, $5, $6, to_timestamp($7::float8), $8, $9
   WHERE (SELECT count(*) FROM ingest_token) < ${MOST_INGEST_TOKENS}`);

const CHANGE_SQL = noted(`
  UPDATE ingest_token
     SET name = $1, services = $2, events_per_second = $3, burst = $4, bytes_per_day = $5, disabled = $6,
         expires_at = to_timestamp($7::float8)
   WHERE id = $8`);

const ROTATE_SQL = noted(`
  UPDATE ingest_token
     SET previous_hash = secret_hash, previous_until = now() + make_interval(secs => $3),
         secret_hash = $2, rotated_at = now()
   WHERE id = $1`);

const REVOKE_SQL = noted('DELETE FROM ingest_token WHERE id = $1');

interface Row {
  readonly id: string;
  readonly name: string;
  readonly services: readonly string[] | null;
  readonly events_per_second: number | null;
  readonly burst: number | null;
  readonly bytes_per_day: string | null;
  readonly disabled: boolean;
  readonly created_at: string;
  readonly rotated_at: string | null;
  readonly expires_at: string | null;
  readonly previous_until: string | null;
  readonly events: string;
  readonly bytes: string;
}

/** Tokens in Postgres, with the hashes of their secrets. */
export class PostgresIngestTokens implements IngestTokens {
  private readonly pool: Pool;
  private readonly random: RandomBytes | undefined;

  constructor(pool: Pool, random?: RandomBytes) {
    this.pool = pool;
    this.random = random;
  }

  async list(): Promise<readonly IngestToken[]> {
    return this.rows(LIST_SQL, [2 * MOST_INGEST_TOKENS]);
  }

  async create(token: TokenToKeep): Promise<IssuedToken | Exclude<KeepOutcome, { kind: 'kept' }>> {
    const id = newTokenId(this.random);
    const secret = newSecret(this.random);
    const values = [...toColumns(token), id, hashSecret(secret)];
    const outcome = await orNameTaken(() => this.rows(CREATE_SQL, values));
    if (outcome === 'name-taken') return { kind: 'name-taken' };
    const [created] = outcome;
    return created === undefined
      ? { kind: 'full' }
      : { kind: 'issued', token: created, text: formatToken({ id, secret }) };
  }

  async change(id: string, token: TokenToKeep): Promise<KeepOutcome> {
    const outcome = await orNameTaken(() => this.rows(CHANGE_SQL, [...toColumns(token), id]));
    if (outcome === 'name-taken') return { kind: 'name-taken' };
    const [changed] = outcome;
    return changed === undefined ? { kind: 'absent' } : { kind: 'kept', token: changed };
  }

  async rotate(id: string, graceSeconds: number): Promise<IssuedToken | null> {
    const secret = newSecret(this.random);
    const [token] = await this.rows(ROTATE_SQL, [id, hashSecret(secret), graceSeconds]);
    return token === undefined
      ? null
      : { kind: 'issued', token, text: formatToken({ id, secret }) };
  }

  async revoke(id: string): Promise<string | null> {
    const [token] = await this.rows(REVOKE_SQL, [id]);
    return token?.name ?? null;
  }

  private async rows(sql: string, values: readonly unknown[]): Promise<IngestToken[]> {
    try {
      return (await this.pool.query<Row>(sql, [...values])).rows.map(toToken);
    } catch (error) {
      throw asStoreError(error);
    }
  }
}

async function orNameTaken<Result>(run: () => Promise<Result>): Promise<Result | 'name-taken'> {
  try {
    return await run();
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === UNIQUE_VIOLATION) return 'name-taken';
    throw error;
  }
}

function toColumns(token: TokenToKeep): unknown[] {
  const { name, services, eventsPerSecond, burst, bytesPerDay, disabled, expiresAt } = token;
  const expires = expiresAt === null ? null : expiresAt / MICROS_PER_SECOND;
  return [name, services, eventsPerSecond, burst, bytesPerDay, disabled, expires];
}

function toToken(row: Row): IngestToken {
  return {
    id: row.id,
    name: row.name,
    services: row.services,
    eventsPerSecond: row.events_per_second,
    burst: row.burst,
    bytesPerDay: row.bytes_per_day === null ? null : Number(row.bytes_per_day),
    disabled: row.disabled,
    createdAt: Number(row.created_at),
    rotatedAt: timeOrNull(row.rotated_at),
    expiresAt: timeOrNull(row.expires_at),
    previousUntil: timeOrNull(row.previous_until),
    today: { events: Number(row.events), bytes: Number(row.bytes) },
  };
}

function timeOrNull(text: string | null): Micros | null {
  return text === null ? null : Number(text);
}
