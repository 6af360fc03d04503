import pg from 'pg';
import { asStoreError } from '../errors.ts';
import { SCAN_BY_GROUP_SQL } from '../scan-by-group.ts';
import { AS_TEXT, type TextRow } from './row.ts';
import { decodeSegment, SEGMENTS_SQL, type Segment } from './segment.ts';

/** How Postgres may read: in the order of the index, by bitmaps (BRIN), or as it estimates. */
export type AccessPath = 'ordered' | 'bitmap' | 'any';

/** How the first statements run, as by `steer`: saves a round trip. */
export interface SnapshotStart {
  readonly path: AccessPath;
  /** Most that one statement may take; 0 is no limit. */
  readonly timeoutMs: number;
}

/** One consistent view of everything committed when it was opened. */
export interface Snapshot {
  readonly segments: readonly Segment[];
  /** Runs one statement; values come as text. A statement over the time limit is a `StatementTimeoutError`. */
  rows(sql: string, values?: readonly unknown[]): Promise<readonly TextRow[]>;
  /** Streams an answer by a cursor of the server, so many rows at a time. */
  pages(
    sql: string,
    values: readonly unknown[],
    rowsPerPage: number,
  ): AsyncGenerator<readonly TextRow[]>;
  /** Steers what follows. Costs a round trip only where something changes. */
  steer(path: AccessPath, timeoutMs: number): Promise<void>;
}

/** A statement ran into its time limit. The snapshot is unusable from then on. */
export class StatementTimeoutError extends Error {
  override readonly name = 'StatementTimeoutError';
}

const PATH_SETTINGS: Readonly<Record<AccessPath, string>> = {
  ordered:
    'SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_indexscan = on; ' +
    'SET LOCAL max_parallel_workers_per_gather = 0',
  bitmap: SCAN_BY_GROUP_SQL,
  any:
    'SET LOCAL enable_seqscan = on; SET LOCAL enable_bitmapscan = on; SET LOCAL enable_indexscan = on; ' +
    'SET LOCAL max_parallel_workers_per_gather = 2',
};

/**
 * Opens a REPEATABLE READ READ ONLY snapshot on a connection of the pool, with the catalog read in the same
 * round trip, and gives the connection back when `work` ends. When `signal` aborts, the running statement is
 * cancelled in Postgres and the promise rejects with the signal's reason.
 *
 * @throws StoreUnavailableError where the connection breaks or none is to be had
 */
export async function withSnapshot<T>(
  pool: pg.Pool,
  signal: AbortSignal,
  start: SnapshotStart,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const client = await connect(pool);
  // A connection that breaks between two statements emits an error that nobody else listens to.
  client.on('error', ignore);
  const cancellation = cancelOnAbort(pool, client, signal);
  let failure: unknown = null;
  try {
    return await work(await openSnapshot(client, signal, start));
  } catch (error) {
    failure = error;
    signal.throwIfAborted();
    throw asStoreError(error);
  } finally {
    await giveBack(client, await cancellation.settled(), failure);
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw asStoreError(error);
  }
}

async function openSnapshot(
  client: pg.PoolClient,
  signal: AbortSignal,
  start: SnapshotStart,
): Promise<Snapshot> {
  const begun = (await client.query({
    text:
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL timezone = 'UTC'; " +
      `SET LOCAL datestyle = 'ISO'; SET LOCAL jit = off; ${steering(start)}; ${SEGMENTS_SQL}`,
    rowMode: 'array',
    types: AS_TEXT,
  })) as unknown as pg.QueryArrayResult<(string | null)[]>[];
  let current = steering(start);
  let cursors = 0;
  const run = async <R extends unknown[]>(config: pg.QueryArrayConfig): Promise<R[]> => {
    try {
      return (await client.query<R>(config)).rows;
    } catch (error) {
      signal.throwIfAborted();
      if (isStatementTimeout(error))
        throw new StatementTimeoutError('statement over its time limit');
      throw error;
    }
  };
  const config = (text: string, values: readonly unknown[]) => ({
    text,
    values: [...values],
    rowMode: 'array' as const,
    types: AS_TEXT,
  });
  return {
    segments: (begun.at(-1)?.rows ?? []).map(decodeSegment),
    rows: (sql, values = []) => run<(string | null)[]>(config(sql, values)),
    async *pages(sql, values, rowsPerPage) {
      const name = `page_${++cursors}`;
      await run(config(`DECLARE ${name} NO SCROLL CURSOR FOR ${sql}`, values));
      for (;;) {
        const rows = await run<(string | null)[]>(config(`FETCH ${rowsPerPage} FROM ${name}`, []));
        if (rows.length > 0) yield rows;
        if (rows.length < rowsPerPage) break;
      }
      await run(config(`CLOSE ${name}`, []));
    },
    steer: async (path, timeoutMs) => {
      const wanted = steering({ path, timeoutMs });
      if (wanted === current) return;
      current = wanted;
      await client.query(wanted);
    },
  };
}

function steering({ path, timeoutMs }: SnapshotStart): string {
  const timeout = Math.max(0, Math.ceil(timeoutMs));
  // Without a time limit somebody reads at a pace of his own: the snapshot may stay idle in between.
  const idle = timeout === 0 ? '; SET LOCAL idle_in_transaction_session_timeout = 0' : '';
  return `${PATH_SETTINGS[path]}; SET LOCAL statement_timeout = ${timeout}${idle}`;
}

function isStatementTimeout(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '57014';
}

interface Cancellation {
  /** Stops listening; true when a cancel was sent, after it arrived. */
  settled(): Promise<boolean>;
}

function cancelOnAbort(pool: pg.Pool, client: pg.PoolClient, signal: AbortSignal): Cancellation {
  let sent: Promise<void> | null = null;
  const cancel = (): void => {
    sent = cancelBackend(pool, client);
  };
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  return {
    settled: async () => {
      signal.removeEventListener('abort', cancel);
      if (sent === null) return false;
      await sent;
      return true;
    },
  };
}

/** A connection of its own: the pool may be exhausted by the very statements that are to be cancelled. */
async function cancelBackend(pool: pg.Pool, client: pg.PoolClient): Promise<void> {
  const { processID } = client as unknown as { processID: number };
  const second = new pg.Client(pool.options);
  try {
    await second.connect();
    await second.query('SELECT pg_cancel_backend($1)', [processID]);
  } catch {
    // The server does not take the cancel: the connection is destroyed anyway, and the statement timeout ends it.
  } finally {
    await second.end().catch(() => undefined);
  }
}

/** A cancel may arrive late and hit the next statement, so a cancelled connection is not used again. */
async function giveBack(
  client: pg.PoolClient,
  cancelled: boolean,
  failure: unknown,
): Promise<void> {
  const clean = !cancelled && (await endTransaction(client, failure));
  client.off('error', ignore);
  client.release(!clean);
}

async function endTransaction(client: pg.PoolClient, failure: unknown): Promise<boolean> {
  try {
    await client.query(failure === null ? 'COMMIT' : 'ROLLBACK');
    return true;
  } catch {
    return false;
  }
}

function ignore(): void {
  // The statement that was running, or the next one, fails with the same error.
}
