import type { Pool } from 'pg';
import { MICROS_PER_MS, systemClock, type Micros } from '#event';
import type { Telemetry } from '#telemetry';
import { BacklogAge } from './backlog-age.ts';
import { changesBetween, type PipelineEvent } from './changes.ts';
import { healthReadable, healthUnreadable, processDied } from './events.ts';
import { HealthFollower, type PipelineNews } from './health-follower.ts';
import { promptly, readHeartbeats } from './heartbeat-table.ts';
import { Liveness } from './liveness.ts';
import { observePipeline } from './pipeline-gauges.ts';
import {
  summarise,
  type BoundedCount,
  type IndexLag,
  type PipelineHealth,
} from './pipeline-health.ts';

export interface PipelineWatchParts {
  /** `healthPool` of the store. */
  readonly pool: Pool;
  readonly telemetry: Telemetry;
  /** Id of this process's own heartbeat, which shows whether Postgres takes beats. */
  readonly self: string | null;
  /** How far the search index is behind; null without one. */
  readonly indexLag?: () => Promise<IndexLag | null>;
  readonly pollMs?: number;
  /** Gives ms that never go back. */
  readonly clock?: () => number;
}

const POLL_MS = 1_000;
/** Figures that cost more than a look at one small table are read every so many polls. */
const SLOW_EVERY = 5;
/** Entries of the quarantine that are counted at most. */
const MOST_COUNTED = 10_000;
const NO_RATE = { last10s: 0, last1m: 0 };

/**
 * The health of the pipeline, looked at once a second whoever asks for it. While Postgres is away it answers what it
 * knew last, and says so.
 */
export class PipelineWatch {
  private readonly parts: PipelineWatchParts;
  private readonly clock: () => number;
  private readonly liveness: Liveness;
  private readonly age = new BacklogAge();
  private readonly followers = new Set<HealthFollower>();
  private readonly closing = new AbortController();
  private health: PipelineHealth;
  private first = true;
  private polls = 0;
  private readAt: number;
  private unreadableSince: number | null = null;
  private timer: NodeJS.Timeout | undefined;
  private polling: Promise<void>;

  constructor(parts: PipelineWatchParts) {
    this.parts = parts;
    this.clock = parts.clock ?? ((): number => performance.now());
    this.liveness = new Liveness(parts.self);
    this.readAt = this.clock();
    this.health = nothingKnown(systemClock());
    observePipeline(parts.telemetry, () => this.health);
    this.polling = this.poll();
  }

  /** Resolves after the first look, so that nobody is told of an empty pipeline that is none. */
  async current(): Promise<PipelineHealth> {
    if (this.first) await this.polling;
    return this.health;
  }

  /** The health now, then what changes, until the signal ends it. A slow reader gets the latest, not everything. */
  async *follow(signal: AbortSignal): AsyncGenerator<readonly PipelineNews[]> {
    const ended = AbortSignal.any([signal, this.closing.signal]);
    const follower = new HealthFollower(await this.current());
    this.followers.add(follower);
    try {
      for (;;) {
        const news = await follower.take(ended);
        if (news === null) return;
        yield news;
      }
    } finally {
      this.followers.delete(follower);
    }
  }

  /** Ends the looking, and whoever follows. */
  async close(): Promise<void> {
    this.closing.abort();
    clearTimeout(this.timer);
    await this.polling;
  }

  private async poll(): Promise<void> {
    const health = await this.look();
    const events = this.first ? [] : changesBetween(this.health, health);
    this.first = false;
    this.health = health;
    this.log(events);
    for (const follower of this.followers) follower.tell(health, events);
    if (this.closing.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.polling = this.poll();
    }, this.parts.pollMs ?? POLL_MS);
    this.timer.unref();
  }

  private async look(): Promise<PipelineHealth> {
    try {
      const reading = await readHeartbeats(this.parts.pool);
      const slow = this.polls++ % SLOW_EVERY === 0 ? await this.slowFigures() : this.health;
      this.readAt = this.clock();
      this.readable();
      const states = this.liveness.judge(reading, this.readAt);
      const processes = reading.rows.map(({ phase, ...row }, i) => ({
        ...row,
        state: states[i] ?? phase,
      }));
      const { now } = reading;
      const summary = summarise(processes, now);
      return {
        at: now,
        stale: null,
        processes,
        ...summary,
        oldestUnwrittenSeconds: this.age.seconds(summary, now),
        index: slow.index,
        quarantine: slow.quarantine,
      };
    } catch (error) {
      return this.unreadable(error instanceof Error ? error.message : String(error));
    }
  }

  private async slowFigures(): Promise<Pick<PipelineHealth, 'index' | 'quarantine'>> {
    const rows = await promptly(this.parts.pool, { text: COUNT_SQL, values: [MOST_COUNTED + 1] });
    const count = Number(rows[0]?.['count']);
    const quarantine: BoundedCount = {
      count: Math.min(count, MOST_COUNTED),
      more: count > MOST_COUNTED,
    };
    return { index: (await this.parts.indexLag?.()) ?? null, quarantine };
  }

  /** What was known, with the times moved on. */
  private unreadable(reason: string): PipelineHealth {
    this.liveness.unreadable();
    const { health } = this;
    const at = health.at + Math.round((this.clock() - this.readAt) * MICROS_PER_MS);
    this.readAt = this.clock();
    const since = health.stale?.since ?? at;
    if (this.unreadableSince === null) {
      this.unreadableSince = this.clock();
      this.parts.telemetry.emit(healthUnreadable, { reason });
    }
    const others = health.away.filter(({ name }) => name !== 'postgres');
    const postgres = { name: 'postgres', since, reason, seenBy: [] };
    return { ...health, at, stale: { since, reason }, away: [...others, postgres] };
  }

  private readable(): void {
    if (this.unreadableSince === null) return;
    const seconds = (this.clock() - this.unreadableSince) / 1_000;
    this.unreadableSince = null;
    this.parts.telemetry.emit(healthReadable, { seconds });
  }

  private log(events: readonly PipelineEvent[]): void {
    for (const event of events) {
      if (event.name === 'process-died') this.parts.telemetry.emit(processDied, event.process);
    }
  }
}

/** Begins to look; whoever opened the pool closes the watch before it. */
export function watchPipeline(parts: PipelineWatchParts): PipelineWatch {
  return new PipelineWatch(parts);
}

const COUNT_SQL =
  'SELECT count(*)::integer AS count FROM (SELECT FROM quarantine LIMIT $1) AS counted';

function nothingKnown(at: Micros): PipelineHealth {
  return {
    at,
    stale: null,
    processes: [],
    ingest: { events: NO_RATE, bytes: NO_RATE },
    written: { events: NO_RATE },
    backlog: { ready: null, unacked: 0, bytes: null },
    oldestUnwrittenSeconds: null,
    index: null,
    quarantine: null,
    away: [],
  };
}
