import type { Pool, PoolClient } from 'pg';
import { MICROS_PER_SECOND, type Clock, type Micros } from '#event';
import type { Telemetry } from '#telemetry';
import { rollupsLeft } from '../events.ts';
import type { Group } from './group.ts';
import {
  copyOf,
  HOUR_COPY,
  hourRows,
  MINUTE_COPY,
  minuteRows,
  RollupCounts,
  type GroupRollups,
} from './rollup.ts';
import { runScript } from './script.ts';

/** The folding job takes the groups that were committed so long ago: their writer has left them. */
export const LEFT_AFTER: Micros = 5 * MICROS_PER_SECOND;

export interface PendingRollupsSettings {
  /** The next group after this time has the waiting ones appended. */
  readonly maxAge: Micros;
  /** So many rows, or groups, are appended at once however young they are. */
  readonly dueRows: number;
  /** Rows, or groups, that may wait while earlier ones are appended; beyond, they are left to the job. */
  readonly maxWaiting: number;
}

export const PENDING_ROLLUPS_DEFAULTS: PendingRollupsSettings = {
  maxAge: MICROS_PER_SECOND,
  dueRows: 10_000,
  maxWaiting: 50_000,
};

export interface PendingRollupsDeps {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

interface Waiting {
  readonly since: Micros;
  readonly counts: RollupCounts;
  readonly groups: number[];
  readonly segments: Set<number>;
}

/**
 * The rollups of committed groups that have too many keys for rows of their own. Many groups together have few keys
 * for their size, so they are counted in memory and appended as one. Until then they are marked as pending and readers
 * scan them. What is lost with the process, or does not work, the job that folds pending groups counts from their
 * events, at more than ten times the cost (`createFoldGroups`).
 *
 * A group is claimed and counted in one transaction, by this or by the job, whoever comes first; the other one then
 * finds it claimed.
 */
export class PendingRollups {
  private readonly deps: PendingRollupsDeps;
  private readonly settings: PendingRollupsSettings;
  private waiting: Waiting | null = null;
  private appending: Promise<void> | null = null;

  constructor(deps: PendingRollupsDeps, settings: Partial<PendingRollupsSettings> = {}) {
    this.deps = deps;
    this.settings = { ...PENDING_ROLLUPS_DEFAULTS, ...settings };
  }

  /** Counts a group that is committed, as far as it appended no rows itself. */
  add(group: Group, groupSeq: number, { minutes, hours }: GroupRollups): void {
    if (minutes !== null && hours !== null) return;
    const waiting = this.roomFor(groupSeq);
    if (waiting === null) return;
    waiting.counts.add(group.parts, { minutes: minutes === null, hours: hours === null });
    waiting.groups.push(groupSeq);
    for (const { segment } of group.parts) waiting.segments.add(segment.id);
    if (this.appending === null && this.isDue(waiting)) void this.flush();
  }

  /** Appends what waits. Never rejects: what does not work is left to the job. */
  async flush(): Promise<void> {
    while (this.appending !== null) await this.appending;
    const { waiting } = this;
    if (waiting === null) return;
    this.waiting = null;
    this.appending = this.append(waiting);
    await this.appending;
  }

  private roomFor(groupSeq: number): Waiting | null {
    const now = this.deps.clock();
    if (this.waiting !== null && now - this.waiting.since >= LEFT_AFTER) {
      this.leave(this.waiting, 'no group came for a while');
      this.waiting = null;
    }
    const { maxWaiting } = this.settings;
    this.waiting ??= {
      since: now,
      counts: new RollupCounts(maxWaiting, copyOf),
      groups: [],
      segments: new Set(),
    };
    if (this.waiting.groups.length < maxWaiting) return this.waiting;
    this.leave({ groups: [groupSeq] }, 'too many groups wait');
    return null;
  }

  private isDue({ since, counts, groups }: Waiting): boolean {
    const { maxAge, dueRows } = this.settings;
    const rows = Math.max(counts.minutes?.length ?? Infinity, counts.hours?.length ?? Infinity);
    return (
      rows >= dueRows || groups.length >= dueRows || Math.abs(this.deps.clock() - since) >= maxAge
    );
  }

  private async append(waiting: Waiting): Promise<void> {
    try {
      await inTransaction(this.deps.pool, (client) => appendCounts(client, waiting));
    } catch (error) {
      this.leave(waiting, error instanceof Error ? error.message : String(error));
    } finally {
      this.appending = null;
    }
  }

  private leave({ groups }: Pick<Waiting, 'groups'>, reason: string): void {
    this.deps.telemetry.emit(rollupsLeft, { groups: groups.length, reason });
  }
}

async function appendCounts(
  client: PoolClient,
  { counts, groups, segments }: Waiting,
): Promise<void> {
  const { minutes, hours } = counts;
  if (minutes === null || hours === null) throw new Error('too many keys wait');
  await keepSegments(client, [...segments]);
  await claim(client, groups);
  await runScript(client, [
    { sql: MINUTE_COPY, copy: minuteRows(minutes) },
    { sql: HOUR_COPY, copy: hourRows(hours) },
  ]);
}

/** Retention takes what a segment counted out of the rollups when it drops it, so nothing may be added afterwards. */
async function keepSegments(client: PoolClient, segments: readonly number[]): Promise<void> {
  const kept = await client.query('SELECT FROM segment WHERE id = ANY($1::int[]) FOR KEY SHARE', [
    segments,
  ]);
  if (kept.rowCount !== segments.length) throw new Error('a segment of theirs was dropped');
}

/** Marks the groups as counted, unless the job has counted one already. */
async function claim(client: PoolClient, groups: readonly number[]): Promise<void> {
  const claimed = await client.query(
    `UPDATE log_group SET minute_rollup = true, hour_rollup = true
     WHERE group_seq = ANY($1::bigint[]) AND NOT (minute_rollup AND hour_rollup)`,
    [groups],
  );
  if (claimed.rowCount !== groups.length) throw new Error('some are counted already');
}

async function inTransaction(
  pool: Pool,
  work: (client: PoolClient) => Promise<void>,
): Promise<void> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query('BEGIN');
    await work(client);
    await client.query('COMMIT');
    broken = false;
  } finally {
    // A connection that failed in mid-transaction is closed, which rolls back.
    client.release(broken);
  }
}
