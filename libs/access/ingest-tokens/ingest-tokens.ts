import type { Pool } from 'pg';
import {
  formatTimestamp,
  MICROS_PER_SECOND,
  type Clock,
  type JsonObject,
  type Micros,
} from '#event';
import type { AuditAction } from '../audit/audit-log.ts';
import { recordEntry } from '../audit/record-entry.ts';
import { answered, inTransaction } from '../transaction.ts';
import type { ChangedBy } from '../users/users.ts';
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
  create(
    token: TokenToKeep,
    by: ChangedBy,
  ): Promise<IssuedToken | Exclude<KeepOutcome, { kind: 'kept' }>>;
  /** Changes all but the secret. */
  change(id: string, token: TokenToKeep, by: ChangedBy): Promise<KeepOutcome>;
  /** Gives it a new secret; the one before is accepted for `graceSeconds` more. Null: there is no such token. */
  rotate(id: string, graceSeconds: number, by: ChangedBy): Promise<IssuedToken | null>;
  /** False where there was no such token. */
  revoke(id: string, by: ChangedBy): Promise<boolean>;
}

export interface IngestTokensParts {
  readonly pool: Pool;
  /** Of the audit log. */
  readonly clock: Clock;
  readonly random?: RandomBytes;
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

/** Tokens in Postgres, with the hashes of their secrets. Each change and its audit entry stand or fall together. */
export class PostgresIngestTokens implements IngestTokens {
  private readonly pool: Pool;
  private readonly clock: Clock;
  private readonly random: RandomBytes | undefined;

  constructor({ pool, clock, random }: IngestTokensParts) {
    this.pool = pool;
    this.clock = clock;
    this.random = random;
  }

  async list(): Promise<readonly IngestToken[]> {
    const { rows } = await answered(() => this.pool.query<Row>(LIST_SQL, [2 * MOST_INGEST_TOKENS]));
    return rows.map(toToken);
  }

  async create(
    token: TokenToKeep,
    by: ChangedBy,
  ): Promise<IssuedToken | Exclude<KeepOutcome, { kind: 'kept' }>> {
    const id = newTokenId(this.random);
    const secret = newSecret(this.random);
    const values = [...toColumns(token), id, hashSecret(secret)];
    const created = await orNameTaken(() => this.run(CREATE_SQL, values, by, 'token.create'));
    if (created === 'name-taken') return { kind: 'name-taken' };
    return created === null
      ? { kind: 'full' }
      : { kind: 'issued', token: created, text: formatToken({ id, secret }) };
  }

  async change(id: string, token: TokenToKeep, by: ChangedBy): Promise<KeepOutcome> {
    const values = [...toColumns(token), id];
    const changed = await orNameTaken(() => this.run(CHANGE_SQL, values, by, 'token.update'));
    if (changed === 'name-taken') return { kind: 'name-taken' };
    return changed === null ? { kind: 'absent' } : { kind: 'kept', token: changed };
  }

  async rotate(id: string, graceSeconds: number, by: ChangedBy): Promise<IssuedToken | null> {
    const secret = newSecret(this.random);
    const values = [id, hashSecret(secret), graceSeconds];
    const token = await this.run(ROTATE_SQL, values, by, 'token.rotate');
    return token && { kind: 'issued', token, text: formatToken({ id, secret }) };
  }

  async revoke(id: string, by: ChangedBy): Promise<boolean> {
    return (await this.run(REVOKE_SQL, [id], by, 'token.revoke')) !== null;
  }

  /** The token that was changed, or null where there was none. */
  private async run(
    sql: string,
    values: readonly unknown[],
    { actor, address }: ChangedBy,
    action: AuditAction,
  ): Promise<IngestToken | null> {
    return inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<Row>(sql, [...values]);
      const [row] = rows;
      if (row === undefined) return null;
      const token = toToken(row);
      const detail = describe(token, action);
      const entry = { actor, action, target: token.name, address, outcome: 'ok', detail } as const;
      await recordEntry(client, this.clock(), entry);
      return token;
    });
  }
}

/** For the audit log: what the token may do from now on. */
function describe(token: IngestToken, action: AuditAction): JsonObject {
  const { id, services, eventsPerSecond, burst, bytesPerDay, disabled } = token;
  if (action === 'token.revoke') return { id };
  if (action === 'token.rotate') return { id, previousUntil: time(token.previousUntil) };
  return {
    id,
    services: services && [...services],
    eventsPerSecond,
    burst,
    bytesPerDay,
    disabled,
    expiresAt: time(token.expiresAt),
  };
}

function time(at: Micros | null): string | null {
  return at === null ? null : formatTimestamp(at);
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
