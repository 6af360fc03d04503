import type { Pool, PoolClient } from 'pg';
import { MICROS_PER_SECOND, type Batch, type Clock, type Micros } from '#event';
import { namedBatches, type Telemetry } from '#telemetry';
import { asStoreError, errorCode, StoreUnavailableError } from '../errors.ts';
import { batchRepeated, eventsQuarantined, groupCommitted } from '../events.ts';
import type { PartitionCreator } from '../partitions/partition-creator.ts';
import type { SegmentCatalog } from '../partitions/segment-catalog.ts';
import { quarantineStep, REFUSED_REASON } from '../quarantine/quarantine-rows.ts';
import {
  dispositionsOf,
  firstOfEachId,
  noExceptions,
  type BatchDisposition,
  type Exceptions,
} from './dispositions.ts';
import { enterLedger, openingSteps } from './enter-ledger.ts';
import { GroupNumbers } from './group-numbers.ts';
import { closingNumbers, closingSteps, eventSteps } from './group-script.ts';
import { splitBySegment, type Group } from './group.ts';
import { PendingRollups } from './pending-rollups.ts';
import { refusesData, storeSifted, type RefusedEvent } from './refused-events.ts';
import { rollUp, type GroupRollups } from './rollup.ts';
import { runScript, type Step } from './script.ts';

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

interface NumberedGroup {
  readonly batches: readonly Batch[];
  readonly group: Group;
  readonly groupSeq: number;
}

/** A group written out, to be sent. */
interface PreparedGroup {
  readonly group: Group;
  readonly rollups: GroupRollups;
  readonly steps: readonly Step[];
}

interface Stored {
  readonly groupSeq: number;
  readonly commitSeq: number;
  readonly events: number;
  readonly refused: RefusedCounts;
}

/** How many events of a batch went into quarantine. */
type RefusedCounts = ReadonlyMap<Batch, number>;

const NONE_REFUSED: RefusedCounts = new Map();

/** A partition that the catalog names is gone, or a segment's row is. */
const SEGMENT_GONE = /^(42P01|23503)$/;
const ATTEMPTS = 3;

/** Stores groups of batches, each in one transaction, each batch exactly once. */
export class GroupWriter {
  private readonly deps: GroupWriterDeps;
  private readonly numbers: GroupNumbers;
  private readonly rollups: PendingRollups;

  constructor(deps: GroupWriterDeps) {
    this.deps = deps;
    this.rollups = new PendingRollups(deps);
    this.numbers = new GroupNumbers(deps.pool, deps.clock);
  }

  /**
   * Stores what the ledger does not have yet. Safe to call side by side, and again with the same batches after any
   * error.
   *
   * @throws StoreUnavailableError where Postgres cannot take it now, or the outcome is unknown, or `signal` aborts
   */
  async commit(batches: readonly Batch[], signal: AbortSignal): Promise<CommitResult> {
    if (signal.aborted) throw calledOff();
    const started = this.deps.clock();
    // Asked for before anything is waited for, and kept for every attempt: groups keep the order of these calls.
    const groupSeq = this.numbers.take();
    for (let attempt = 1; ; attempt++) {
      const exceptions = noExceptions();
      try {
        const unique = firstOfEachId(batches);
        const stored = await this.attempt(unique, await groupSeq, exceptions, signal);
        return this.report(batches, dispositionsOf(batches, exceptions), stored, started);
      } catch (error) {
        await this.recover(error, attempt, signal);
      }
    }
  }

  /** Appends the rollups that wait in memory. Never rejects; what is left is counted by a job. */
  flushRollups(): Promise<void> {
    return this.rollups.flush();
  }

  /** @throws StoreUnavailableError where Postgres does not answer */
  async probe(): Promise<void> {
    try {
      await this.deps.pool.query('SELECT 1');
    } catch (error) {
      throw asStoreError(error);
    }
  }

  /** Returns where another attempt makes sense: a partition went away, so the catalog is read again. */
  private async recover(error: unknown, attempt: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw calledOff(error);
    const gone = SEGMENT_GONE.test(errorCode(error) ?? '');
    if (!gone || attempt === ATTEMPTS) throw asStoreError(error);
    try {
      await this.deps.catalog.refresh();
    } catch (cause) {
      throw asStoreError(cause);
    }
  }

  private async attempt(
    batches: readonly Batch[],
    groupSeq: number,
    exceptions: Exceptions,
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
      const stored = await this.store(client, { batches, group, groupSeq }, exceptions);
      broken = signal.aborted;
      return stored;
    } finally {
      signal.removeEventListener('abort', abort);
      client.release(broken);
    }
  }

  private async store(
    client: PoolClient,
    { batches, group, groupSeq }: NumberedGroup,
    exceptions: Exceptions,
  ): Promise<Stored | null> {
    const { steps, ...prepared } = prepare(group, groupSeq);
    try {
      // In one round trip, during which this process may be busy with other groups: the transaction does not wait for it.
      const script = [...openingSteps(batches, groupSeq), ...steps];
      return await this.finish(client, { ...prepared, steps: script }, groupSeq, NONE_REFUSED);
    } catch (error) {
      if (!refusesData(error)) throw error;
    }
    await rollBack(client);
    return this.storeCarefully(client, batches, groupSeq, exceptions);
  }

  /** The slow way, for a group with a batch that is not new or an event that Postgres refuses: still one transaction. */
  private async storeCarefully(
    client: PoolClient,
    batches: readonly Batch[],
    groupSeq: number,
    exceptions: Exceptions,
  ): Promise<Stored | null> {
    const fresh = await enterLedger(client, batches, groupSeq, exceptions);
    if (fresh.length === 0) return await rollBack(client);
    const { stored, refused } = await storeSifted(client, await this.split(fresh), groupSeq);
    const origins = batchesByOrdinal(fresh);
    const rollups = rollUp(stored.parts, stored.events);
    const steps = [
      ...(refused.length > 0
        ? [quarantineStep(refused, ({ ordinal }) => origins[ordinal] as Batch)]
        : []),
      ...closingSteps(stored, rollups, groupSeq),
    ];
    const counts = refusedByBatch(refused, origins);
    const result = await this.finish(client, { group: stored, rollups, steps }, groupSeq, counts);
    noteQuarantined(counts, exceptions);
    return result;
  }

  /** Runs the steps to their COMMIT. */
  private async finish(
    client: PoolClient,
    { group, rollups, steps }: PreparedGroup,
    groupSeq: number,
    refused: RefusedCounts,
  ): Promise<Stored> {
    const { nextGroupSeq, commitSeq } = closingNumbers(await runScript(client, steps));
    this.numbers.put(nextGroupSeq);
    this.rollups.add(group, groupSeq, rollups);
    return { groupSeq, commitSeq, events: group.events, refused };
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

  private report(
    batches: readonly Batch[],
    dispositions: readonly BatchDisposition[],
    stored: Stored | null,
    started: Micros,
  ): CommitResult {
    const { clock, telemetry } = this.deps;
    for (const disposition of dispositions) {
      if (disposition === 'duplicate' || disposition === 'conflict') {
        telemetry.emit(batchRepeated, { disposition });
      }
    }
    if (stored !== null) {
      const { groupSeq, commitSeq, events, refused } = stored;
      telemetry.emit(groupCommitted, {
        groupSeq,
        commitSeq,
        batches: batches.length,
        batchIds: namedBatches(batches),
        bytes: batches.reduce((sum, { bytes }) => sum + bytes, 0),
        events,
        seconds: (clock() - started) / MICROS_PER_SECOND,
      });
      if (refused.size > 0) {
        telemetry.emit(eventsQuarantined, {
          count: [...refused.values()].reduce((sum, events) => sum + events, 0),
          reason: REFUSED_REASON,
          batchIds: namedBatches([...refused.keys()]),
        });
      }
    }
    return {
      dispositions,
      groupSeq: stored?.groupSeq ?? null,
      commitSeq: stored?.commitSeq ?? null,
    };
  }
}

function prepare(group: Group, groupSeq: number): PreparedGroup {
  const rollups = rollUp(group.parts, group.events);
  const steps = [...eventSteps(group, groupSeq), ...closingSteps(group, rollups, groupSeq)];
  return { group, rollups, steps };
}

async function rollBack(client: PoolClient): Promise<null> {
  await runScript(client, [{ sql: 'ROLLBACK' }]);
  return null;
}

function calledOff(cause?: unknown): StoreUnavailableError {
  return new StoreUnavailableError('aborted', 'the commit was called off', cause);
}

/** The batch of each ordinal of a group. */
function batchesByOrdinal(batches: readonly Batch[]): readonly Batch[] {
  return batches.flatMap((batch) => batch.events.map(() => batch));
}

/** How many events of each batch were refused. */
function refusedByBatch(
  refused: readonly RefusedEvent[],
  origins: readonly Batch[],
): RefusedCounts {
  const counts = new Map<Batch, number>();
  for (const { ordinal } of refused) {
    const batch = origins[ordinal] as Batch;
    counts.set(batch, (counts.get(batch) ?? 0) + 1);
  }
  return counts;
}

/** Batches none of whose events could be stored. */
function noteQuarantined(counts: RefusedCounts, exceptions: Exceptions): void {
  for (const [batch, count] of counts) {
    if (count === batch.events.length) exceptions.quarantined.add(batch.id);
  }
}
