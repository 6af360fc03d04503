import type { Pool, QueryConfig } from 'pg';
import { asStoreError } from '#store';
import { MOST_INGEST_TOKENS, type TokenUsage } from './ingest-token.ts';
import type { TokenRow } from './known-token.ts';
import type { UnwrittenUsage } from './usage-counter.ts';

/** What the processes of ingest have to know of each other, at one moment. */
export interface TokenState {
  /** It is another after every change of a token. */
  readonly version: number;
  /** Processes of ingest that live. */
  readonly processes: number;
  /** What the tokens sent on the day that was asked for. */
  readonly usage: ReadonlyMap<string, TokenUsage>;
}

/** The tables of tokens as ingest uses them. Every call throws StoreUnavailableError while Postgres is away. */
export interface TokenTable {
  /** Adds what was sent; usage of tokens that are gone is left out. */
  write(usage: readonly UnwrittenUsage[]): Promise<void>;
  /** @param ids tokens whose usage is wanted */
  state(ids: readonly string[], day: string): Promise<TokenState>;
  /** All tokens. */
  tokens(): Promise<readonly TokenRow[]>;
}

/** A server that does not answer must not hold up the next attempt, in ms. */
const ANSWER_MS = 2_000;

const WRITE_SQL = `
INSERT INTO ingest_token_usage (token_id, day, events, bytes)
SELECT sent.id, sent.day, sent.events, sent.bytes
  FROM unnest($1::text[], $2::date[], $3::bigint[], $4::bigint[]) AS sent (id, day, events, bytes)
  JOIN ingest_token USING (id)
 ORDER BY sent.day, sent.id
ON CONFLICT (token_id, day) DO UPDATE
  SET events = ingest_token_usage.events + excluded.events,
      bytes = ingest_token_usage.bytes + excluded.bytes`;

const STATE_SQL = `
SELECT (SELECT version FROM ingest_token_change)::text AS version,
       (SELECT count(*) FROM process_heartbeat
         WHERE kind IN ('ingest', 'standalone') AND phase = 'alive'
           AND last_seen > clock_timestamp() - interval '6 seconds')::text AS processes,
       (SELECT coalesce(json_agg(json_build_array(token_id, events, bytes)), '[]')
          FROM ingest_token_usage WHERE token_id = ANY($1::text[]) AND day = $2::date) AS usage`;

const TOKENS_SQL = `
SELECT id, name, secret_hash, previous_hash,
       (extract(epoch FROM previous_until) * 1000000)::bigint::text AS previous_until,
       services, events_per_second, burst, bytes_per_day::text, disabled,
       (extract(epoch FROM expires_at) * 1000000)::bigint::text AS expires_at
  FROM ingest_token ORDER BY created_at LIMIT $1`;

interface Row {
  readonly id: string;
  readonly name: string;
  readonly secret_hash: Buffer;
  readonly previous_hash: Buffer | null;
  readonly previous_until: string | null;
  readonly services: readonly string[] | null;
  readonly events_per_second: number | null;
  readonly burst: number | null;
  readonly bytes_per_day: string | null;
  readonly disabled: boolean;
  readonly expires_at: string | null;
}

/** The tables in Postgres. */
export function postgresTokenTable(pool: Pool): TokenTable {
  return {
    write: async (usage) => {
      const column = (name: keyof UnwrittenUsage): unknown[] => usage.map((row) => row[name]);
      const values = [column('id'), column('day'), column('events'), column('bytes')];
      await promptly(pool, { text: WRITE_SQL, values });
    },
    state: async (ids, day) => {
      const [row] = await promptly<StateRow>(pool, { text: STATE_SQL, values: [ids, day] });
      if (row === undefined)
        throw new Error('Postgres answered a question about tokens with nothing');
      const usage = row.usage.map(([id, events, bytes]) => [id, { events, bytes }] as const);
      return {
        version: Number(row.version),
        processes: Number(row.processes),
        usage: new Map(usage),
      };
    },
    tokens: async () => {
      // Two admins at the same moment may exceed the bound.
      const values = [2 * MOST_INGEST_TOKENS];
      return (await promptly<Row>(pool, { text: TOKENS_SQL, values })).map(toTokenRow);
    },
  };
}

interface StateRow {
  readonly version: string;
  readonly processes: string;
  readonly usage: readonly (readonly [id: string, events: number, bytes: number])[];
}

async function promptly<Result extends object>(
  pool: Pool,
  query: QueryConfig,
): Promise<readonly Result[]> {
  try {
    const timed: QueryConfig & { readonly query_timeout: number } = {
      ...query,
      query_timeout: ANSWER_MS,
    };
    return (await pool.query<Result>(timed)).rows;
  } catch (error) {
    throw asStoreError(error);
  }
}

function toTokenRow(row: Row): TokenRow {
  return {
    id: row.id,
    name: row.name,
    secretHash: row.secret_hash,
    previousHash: row.previous_hash,
    previousUntil: numberOrNull(row.previous_until),
    services: row.services,
    eventsPerSecond: row.events_per_second,
    burst: row.burst,
    bytesPerDay: numberOrNull(row.bytes_per_day),
    disabled: row.disabled,
    expiresAt: numberOrNull(row.expires_at),
  };
}

function numberOrNull(text: string | null): number | null {
  return text === null ? null : Number(text);
}
