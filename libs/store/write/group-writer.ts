import type { Pool, PoolClient } from 'pg';
import type { Batch, Clock } from '#event';
import { MICROS_PER_SECOND } from '#event';
import type { Telemetry } from '#telemetry';
import { asStoreError, errorCode, StoreUnavailableError } from '../errors.ts';
import { batchRepeated, groupCommitted } from '../events.ts';
import { enterBatchesSql, findEntries } from '../ledger.ts';
import type { PartitionCreator } from '../partitions/partition-creator.ts';
import type { SegmentCatalog } from '../partitions/segment-catalog.ts';
import { splitBySegment, type Group } from './group.ts';
import { groupScript, type GroupScript } from './group-script.ts';
import { runScript } from './script.ts';

/**
 * What became of a batch: `stored` (its bad events, if any, in quarantine), `duplicate` (the ledger has it),
 * `conflict` (the ledger has its id with another body; not stored), `quarantined` (none of its events could be stored).
 */
export type BatchDisposition = 'stored' | 'duplicate' | 'conflict' | 'quarantined';

export interface CommitResult {
  /** One per batch, in order. */
  readonly dispositions: readonly BatchDisposition[];
  /** Null where nothing was stored. */
  readonly groupSeq: number | null;
  readonly commitSeq: number | null;
}

export interface GroupWriterDeps {
  readonly pool: Pool;
  readonly catalog: SegmentCatalog;
  readonly partitions: PartitionCreator;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** A partition that the catalog names is gone, or a segment's row is. */
const SEGMENT_GONE = /^(42P01|23503)$/;
const ATTEMPTS = 3;

/** Stores groups of batches, each in one transaction, each batch exactly once. */
export class GroupWriter {
  private readonly deps: GroupWriterDeps;
  private readonly numbers: number[] = [];

  constructor(deps: GroupWriterDeps) {
    this.deps = deps;
  }

  /**
   * Stores what the ledger does not have yet. Safe to call side by side, and again with the same batches after any
   * error.
   *
   * @throws StoreUnavailableError where Postgres cannot take it now, or the outcome is unknown, or `signal` aborts
   */
  async commit(batches: readonly Batch[], signal: AbortSignal): Promise<CommitResult> {
    const started = this.deps.clock();
    const dispositions = new Map<Batch, BatchDisposition>();
    const unique = withoutRepeats(batches, dispositions);
    for (let attempt = 1; ; attempt++) {
      if (signal.aborted) throw new StoreUnavailableError('aborted', 'the commit was called off');
      try {
        const stored = await this.attempt(unique, dispositions, signal);
        return this.report(batches, dispositions, stored, started);
      } catch (error) {
        const code = errorCode(error) ?? '';
        if (!SEGMENT_GONE.test(code) || attempt === ATTEMPTS) throw asStoreError(error);
        await this.deps.catalog.refresh().catch((cause: unknown) => {
          throw asStoreError(cause);
        });
      }
    }
  }

  private async attempt(
    batches: readonly Batch[],
    dispositions: Map<Batch, BatchDisposition>,
    signal: AbortSignal,
  ): Promise<Stored | null> {
    if (batches.length === 0) return null;
    const group = await this.split(batches);
    const client = await this.deps.pool.connect();
    const abort = () => {
      // Ends the statement in progress: its promise rejects with the connection's error.
      void client.end();
    };
    signal.addEventListener('abort', abort, { once: true });
    let broken = true;
    try {
      const groupSeq = await this.nextGroupSeq(client);
      const script = groupScript(group, groupSeq);
      const fresh = await this.begin(client, batches, groupSeq, dispositions);
      const stored = await this.store(client, fresh, batches, script, groupSeq);
      broken = false;
      return stored;
    } finally {
      signal.removeEventListener('abort', abort);
      client.release(broken);
    }
  }

  /** Opens the transaction and enters the batches into the ledger; gives back those that were new. */
  private async begin(
    client: PoolClient,
    batches: readonly Batch[],
    groupSeq: number,
    dispositions: Map<Batch, BatchDisposition>,
  ): Promise<readonly Batch[]> {
    const rows = await runScript(client, [
      { sql: 'BEGIN ISOLATION LEVEL READ COMMITTED' },
      { sql: DURABLE_SQL },
      { sql: enterBatchesSql(batches, groupSeq) },
    ]);
    const entered = new Set(rows.at(-1));
    if (entered.size === batches.length) return batches;
    const repeated = batches.filter((batch) => !entered.has(batch.id));
    const entries = await findEntries(
      client,
      repeated.map((batch) => batch.id),
    );
    for (const batch of repeated) {
      const hash = entries.get(batch.id)?.bodyHash ?? null;
      dispositions.set(batch, repeatDisposition(batch.bodyHash, hash));
    }
    return batches.filter((batch) => entered.has(batch.id));
  }

  private async store(
    client: PoolClient,
    fresh: readonly Batch[],
    batches: readonly Batch[],
    prepared: GroupScript,
    groupSeq: number,
  ): Promise<Stored | null> {
    if (fresh.length === 0) {
      await client.query('ROLLBACK');
      this.numbers.push(groupSeq);
      return null;
    }
    const group = fresh.length === batches.length ? null : await this.split(fresh);
    const script = group === null ? prepared : groupScript(group, groupSeq);
    const rows = await runScript(client, [...script.events, ...script.derived, ...script.commit]);
    this.numbers.push(Number(rows.at(-3)?.[0]));
    return { groupSeq, commitSeq: Number(rows.at(-1)?.[0]) };
  }

  /** The group by segments, with every partition that it needs. */
  private async split(batches: readonly Batch[]): Promise<Group> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const group = splitBySegment(batches, this.deps.catalog);
      if (!('missing' in group)) return group;
      await this.deps.partitions.ensure(group.missing);
    }
    throw new StoreUnavailableError('partitions', 'partitions disappear as they are created');
  }

  private async nextGroupSeq(client: PoolClient): Promise<number> {
    const prefetched = this.numbers.pop();
    if (prefetched !== undefined) return prefetched;
    const rows = await runScript(client, [{ sql: `SELECT nextval('group_seq')` }]);
    return Number(rows[0]?.[0]);
  }

  private report(
    batches: readonly Batch[],
    known: ReadonlyMap<Batch, BatchDisposition>,
    stored: Stored | null,
    started: number,
  ): CommitResult {
    const { clock, telemetry } = this.deps;
    const dispositions = batches.map((batch) => known.get(batch) ?? 'stored');
    let events = 0;
    batches.forEach((batch, index) => {
      const disposition = dispositions[index];
      if (disposition === 'duplicate' || disposition === 'conflict') {
        telemetry.emit(batchRepeated, { disposition });
      } else events += batch.events.length;
    });
    if (stored !== null) {
      telemetry.emit(groupCommitted, { events, seconds: (clock() - started) / MICROS_PER_SECOND });
    }
    return {
      dispositions,
      groupSeq: stored?.groupSeq ?? null,
      commitSeq: stored?.commitSeq ?? null,
    };
  }
}

interface Stored {
  readonly groupSeq: number;
  readonly commitSeq: number;
}

/** A weaker setting of the server, the database or the role becomes `on`; `remote_apply`, which is stronger, stays. */
const DURABLE_SQL = `SELECT set_config('synchronous_commit', 'on', true)
 WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')`;

/** A null hash says nothing, so it conflicts with nothing. */
function repeatDisposition(hash: string | null, stored: string | null): BatchDisposition {
  return hash !== null && stored !== null && hash !== stored ? 'conflict' : 'duplicate';
}

/** The first of each id; further ones are judged against it at once. */
function withoutRepeats(
  batches: readonly Batch[],
  dispositions: Map<Batch, BatchDisposition>,
): Batch[] {
  const first = new Map<string, Batch>();
  for (const batch of batches) {
    const earlier = first.get(batch.id);
    if (earlier === undefined) first.set(batch.id, batch);
    else dispositions.set(batch, repeatDisposition(batch.bodyHash, earlier.bodyHash));
  }
  return [...first.values()];
}
