import type { Pool } from 'pg';
import type { ColumnarReader } from '#columnar';
import { anyOfQueries } from './any-of-queries.ts';
import { groupsAfter, type CommittedGroup } from '#store';
import type { Telemetry } from '#telemetry';
import { tailPollFailed } from '../telemetry.ts';
import { readGroupEvents } from './group-events.ts';
import type { Subscriber } from './subscriber.ts';

const POLL_MS = 200;
const MAX_BACKOFF_MS = 5_000;
const MAX_GROUPS = 1_000;
/** Events of the groups that are read at once. */
const MAX_EVENTS = 20_000;

/** One poll of the group table for all tails together. It runs while there is a subscriber. */
export class TailPoller {
  private readonly subscribers = new Set<Subscriber>();
  private readonly pool: Pool;
  private readonly telemetry: Telemetry;
  private readonly columnar: ColumnarReader | null;
  private timer: NodeJS.Timeout | null = null;
  private running: AbortController | null = null;
  private failures = 0;

  constructor(pool: Pool, telemetry: Telemetry, columnar: ColumnarReader | null) {
    this.pool = pool;
    this.telemetry = telemetry;
    this.columnar = columnar;
  }

  get size(): number {
    return this.subscribers.size;
  }

  add(subscriber: Subscriber): void {
    this.subscribers.add(subscriber);
    if (this.timer === null && this.running === null) this.schedule(0);
  }

  remove(subscriber: Subscriber): void {
    this.subscribers.delete(subscriber);
    if (this.subscribers.size > 0) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.running?.abort();
  }

  private schedule(delayMs: number): void {
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.run();
    }, delayMs);
  }

  private async run(): Promise<void> {
    const running = new AbortController();
    this.running = running;
    const delayMs = await this.poll(running.signal);
    this.running = null;
    if (this.subscribers.size > 0 && this.timer === null) this.schedule(delayMs);
  }

  /** @returns when to poll again, in ms: at once while somebody is behind */
  private async poll(signal: AbortSignal): Promise<number> {
    try {
      const behind = await this.readAll(signal);
      this.failures = 0;
      return behind ? 0 : POLL_MS;
    } catch (error) {
      if (signal.aborted) return POLL_MS;
      this.failures += 1;
      const retryMs = Math.min(POLL_MS * 2 ** this.failures, MAX_BACKOFF_MS);
      this.telemetry.emit(tailPollFailed, { error: String(error), retryMs });
      return retryMs;
    }
  }

  /** Those that have come equally far are read together; one that resumes from long ago does not hold others up. */
  private async readAll(signal: AbortSignal): Promise<boolean> {
    const ready = [...this.subscribers].filter((subscriber) => subscriber.ready);
    let behind = false;
    for (const [commitSeq, cohort] of Map.groupBy(ready, (subscriber) => subscriber.readUpTo)) {
      if (await this.readCohort(commitSeq, cohort, signal)) behind = true;
    }
    return behind;
  }

  /** @returns true where there may be more at once */
  private async readCohort(
    commitSeq: number,
    cohort: readonly Subscriber[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const committed = await groupsAfter(this.pool, commitSeq, MAX_GROUPS);
    const groups = boundedBy(committed, MAX_EVENTS);
    if (groups.length === 0) return false;
    const query = anyOfQueries(cohort.map((subscriber) => subscriber.query));
    const source = { pool: this.pool, columnar: this.columnar };
    for (const group of await readGroupEvents(source, groups, query, signal)) {
      for (const subscriber of cohort) subscriber.deliver(group);
    }
    return groups.length < committed.length || committed.length === MAX_GROUPS;
  }
}

/** The first groups with so many events together, at least one group. */
function boundedBy(groups: readonly CommittedGroup[], events: number): readonly CommittedGroup[] {
  let sum = 0;
  const end = groups.findIndex((group, index) => {
    sum += group.events;
    return index > 0 && sum > events;
  });
  return end === -1 ? groups : groups.slice(0, end);
}
