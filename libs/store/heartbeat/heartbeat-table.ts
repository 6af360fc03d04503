import type { Pool, QueryConfig } from 'pg';
import type { Micros } from '#event';
import { asStoreError } from '../errors.ts';
import type { ProcessFigures } from './figures.ts';

/** The part that a process plays. */
export type ProcessKind = 'ingest' | 'writer' | 'gateway' | 'keeper' | 'standalone';

/** What a process says of itself. */
export type Phase = 'alive' | 'stopping' | 'stopped';

export interface HeartbeatRow {
  readonly id: string;
  readonly kind: string;
  readonly version: string;
  readonly host: string;
  /** Both by the clock of Postgres. */
  readonly startedAt: Micros;
  readonly lastSeen: Micros;
  readonly phase: Phase;
  readonly figures: ProcessFigures;
}

/** What there is to know in one look. */
export interface HeartbeatReading {
  /** By the clock of Postgres. */
  readonly now: Micros;
  /** The most recent first, at most `MOST_PROCESSES`. */
  readonly rows: readonly HeartbeatRow[];
}

/** More are not shown: the oldest of them have been gone for long. */
export const MOST_PROCESSES = 500;
const ANSWER_MS = 2_000;

/** @param uptimeSeconds how long the process has been running */
export async function writeHeartbeat(
  pool: Pool,
  row: Omit<HeartbeatRow, 'startedAt' | 'lastSeen'>,
  uptimeSeconds: number,
): Promise<void> {
  const { id, kind, version, host, phase, figures } = row;
  await promptly(pool, {
    text: WRITE_SQL,
    values: [id, kind, version, host, uptimeSeconds, phase, JSON.stringify(figures)],
  });
}

/** Throws StoreUnavailableError while Postgres is away. */
export async function readHeartbeats(pool: Pool): Promise<HeartbeatReading> {
  const rows = await promptly(pool, { text: READ_SQL, values: [MOST_PROCESSES] });
  return { now: Number(rows[0]?.['now']), rows: rows.filter(({ id }) => id !== null).map(toRow) };
}

const WRITE_SQL = `
INSERT INTO process_heartbeat (id, kind, version, host, started_at, phase, figures)
VALUES ($1, $2, $3, $4, clock_timestamp() - make_interval(secs => $5), $6, $7)
ON CONFLICT (id) DO UPDATE
  SET last_seen = clock_timestamp(), phase = excluded.phase, figures = excluded.figures`;

const MICROS = (column: string): string => `(extract(epoch FROM ${column}) * 1000000)::bigint`;

const READ_SQL = `
SELECT ${MICROS('clock_timestamp()')} AS now, h.*
  FROM (VALUES (1)) AS one
  LEFT JOIN LATERAL (
    SELECT id, kind, version, host, ${MICROS('started_at')} AS started_at,
           ${MICROS('last_seen')} AS last_seen, phase, figures
      FROM process_heartbeat ORDER BY process_heartbeat.last_seen DESC LIMIT $1) AS h ON true`;

function toRow(row: Record<string, unknown>): HeartbeatRow {
  return {
    id: String(row['id']),
    kind: String(row['kind']),
    version: String(row['version']),
    host: String(row['host']),
    startedAt: Number(row['started_at']),
    lastSeen: Number(row['last_seen']),
    phase: row['phase'] as Phase,
    figures: row['figures'] as ProcessFigures,
  };
}

/** A connection that does not answer in time is given up. */
export async function promptly(
  pool: Pool,
  query: QueryConfig,
): Promise<readonly Record<string, unknown>[]> {
  try {
    const timed: QueryConfig & { readonly query_timeout: number } = {
      ...query,
      query_timeout: ANSWER_MS,
    };
    return (await pool.query<Record<string, unknown>>(timed)).rows;
  } catch (error) {
    throw asStoreError(error);
  }
}
