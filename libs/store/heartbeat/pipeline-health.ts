import { MICROS_PER_SECOND, type Micros } from '#event';
import type { ProcessFigures, Rate } from './figures.ts';
import type { HeartbeatRow } from './heartbeat-table.ts';
import type { ProcessState } from './liveness.ts';

export interface ProcessHealth extends Omit<HeartbeatRow, 'phase'> {
  readonly state: ProcessState;
}

/** What is accepted and not yet written. */
export interface Backlog {
  /** Batches in the queue that nobody holds; the most that any process sees. Null where no process can tell. */
  readonly ready: number | null;
  /** Batches that writers hold: the sum of what each says. */
  readonly unacked: number;
  /** Null where no process can tell. */
  readonly bytes: number | null;
}

/** Something that some process needs and cannot reach. */
export interface AwayInfo {
  readonly name: string;
  readonly since: Micros;
  readonly reason: string;
  /** Ids of the processes that say so; empty where only the one that reads the heartbeats knows. */
  readonly seenBy: readonly string[];
}

/** How far a search index is behind. */
export interface IndexLag {
  /** Age of the oldest group that is not in the index yet; 0 when there is none. */
  readonly seconds: number;
  /** Groups that are not, counted up to 10,000. */
  readonly groups: number;
}

/** A count that stops at a bound. */
export interface BoundedCount {
  readonly count: number;
  /** There are more than that. */
  readonly more: boolean;
}

/** The pipeline in one look. Times are those of Postgres's clock. */
export interface PipelineHealth {
  readonly at: Micros;
  /** Null while it is what the processes say now; else since when and why nothing new is known. */
  readonly stale: { readonly since: Micros; readonly reason: string } | null;
  /** The most recently seen first; one that ended is listed for a day. */
  readonly processes: readonly ProcessHealth[];
  readonly ingest: { readonly events: Rate; readonly bytes: Rate };
  readonly written: { readonly events: Rate };
  readonly backlog: Backlog;
  /** Age in s of the oldest event that is accepted and not written; 0 without a backlog, null where nobody can tell. */
  readonly oldestUnwrittenSeconds: number | null;
  /** Null without an index. */
  readonly index: IndexLag | null;
  /** Null until it was counted. */
  readonly quarantine: BoundedCount | null;
  readonly away: readonly AwayInfo[];
}

/** What is known of processes from their heartbeats alone. */
export type ProcessSummary = Pick<
  PipelineHealth,
  'ingest' | 'written' | 'backlog' | 'oldestUnwrittenSeconds' | 'away'
>;

/** Adds up what the living processes say. */
export function summarise(processes: readonly ProcessHealth[], now: Micros): ProcessSummary {
  const living = processes.filter(isLiving);
  const figures = living.map((process) => process.figures);
  const backlog = backlogOf(figures);
  const ages = figures.flatMap(({ writer }) => writer?.oldestSeconds ?? []);
  const waiting = (backlog.ready ?? 0) + backlog.unacked > 0;
  return {
    ingest: { events: sum(figures, 'ingestEvents'), bytes: sum(figures, 'ingestBytes') },
    written: { events: sum(figures, 'storedEvents') },
    backlog,
    oldestUnwrittenSeconds: waiting ? largest(ages) : 0,
    away: awayOf(living, now),
  };
}

function isLiving({ state }: ProcessHealth): boolean {
  return state === 'alive' || state === 'stopping';
}

/**
 * Every process looks at the same queue, a moment apart, and a broker that has just started tells 0: the most that
 * one of them saw is nearest to the truth. What writers hold is not in that number.
 */
function backlogOf(figures: readonly ProcessFigures[]): Backlog {
  const queues = figures.flatMap(({ queue }) => queue ?? []);
  const held = figures
    .filter(({ writer }) => writer !== undefined)
    .map(({ queue, writer }) => Math.max(queue?.unsettled ?? 0, writer?.heldBatches ?? 0));
  return {
    ready: largest(queues.map(({ ready }) => ready)),
    unacked: held.reduce((total, batches) => total + batches, 0),
    bytes: largest(queues.map(({ bytes }) => bytes)),
  };
}

function awayOf(living: readonly ProcessHealth[], now: Micros): AwayInfo[] {
  const reports = living.flatMap(({ id, lastSeen, figures }) =>
    (figures.away ?? []).map(({ name, reason, forSeconds }) => ({
      id,
      name,
      reason,
      since: Math.min(now, lastSeen) - Math.round(forSeconds * MICROS_PER_SECOND),
    })),
  );
  return [...Map.groupBy(reports, ({ name }) => name)].map(([name, all]) => {
    const first = all.reduce((one, other) => (other.since < one.since ? other : one));
    return { name, since: first.since, reason: first.reason, seenBy: all.map(({ id }) => id) };
  });
}

function sum(
  figures: readonly ProcessFigures[],
  name: 'ingestEvents' | 'ingestBytes' | 'storedEvents',
): Rate {
  const rates = figures.flatMap((each) => each[name] ?? []);
  const total = (window: keyof Rate): number =>
    Math.round(rates.reduce((all, rate) => all + rate[window], 0) * 10) / 10;
  return { last10s: total('last10s'), last1m: total('last1m') };
}

function largest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.max(...values);
}
