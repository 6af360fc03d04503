import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { parseQuery, type Query } from '#query';
import { NOTHING_TO_DO, type Job, type JobReport } from '#store';
import { IndexUnavailableError } from '../search-index.ts';
import { forgetNarrowerMatches, readRanges, recordCoverage } from './coverage.ts';
import { DeliveredStretches } from './delivered-stretches.ts';
import { newestCommitOfAge, readMissingGroups, readNewGroups } from './groups.ts';
import { newestGap } from './gaps.ts';
import { IndexCatalog } from './index-catalog.ts';
import { Outage } from './outage.ts';
import { checkMatch, type FeedParts } from './settings.ts';
import { feedBehind } from './telemetry.ts';

/** A run ends after this time, so that other jobs get their turn at the connection. */
const RUN_MS = 2_000;
const POLL_MS = 100;
/** Every batch costs the backend a fixed time, so new events are sent when they are many, or some seconds old. */
const ENOUGH_EVENTS = 4_000;
const PATIENCE_MS = 2_000;
/** Stretches that the backend has not finished; of old ones fewer, since new ones wait behind them. */
const MAX_NEW = 16;
const MAX_MISSING = 10;
const RECONCILE_MS = 10_000;

/**
 * The job that feeds the search index from Postgres, after the commit and apart from it: new groups in the order of
 * their commits, then what is missing, the newest first. What an index covers is written down once the backend has
 * finished with it; whatever is lost before that is sent again, to the same positions.
 *
 * @throws TypeError for a `match` that `checkMatch` refuses
 */
export function createIndexFeeder(parts: FeedParts): Job {
  const refusal = checkMatch(parts.settings.match);
  if (refusal !== null) throw new TypeError(`"${parts.settings.match}" ${refusal}`);
  const feeder = new IndexFeeder(parts);
  return {
    name: 'feed-index',
    lock: 'feed-index',
    intervalMs: 500,
    run: (client, signal) => feeder.run(client, signal),
  };
}

class IndexFeeder {
  private readonly parts: FeedParts;
  private readonly match: Query;
  private readonly catalog: IndexCatalog;
  private readonly delivered: DeliveredStretches;
  private readonly outage: Outage;
  private begun = false;
  private reconcileAt = 0;
  /** Up to this commitSeq new groups are left to be filled in. */
  private putOffTo = 0;

  constructor(parts: FeedParts) {
    this.parts = parts;
    this.match = parseQuery(parts.settings.match);
    this.catalog = new IndexCatalog(parts);
    this.delivered = new DeliveredStretches(parts, this.match);
    this.outage = new Outage(parts.telemetry);
  }

  async run(client: PoolClient, signal: AbortSignal): Promise<JobReport> {
    if (this.outage.isTooSoon()) return NOTHING_TO_DO;
    try {
      const report = await this.feed(client, signal);
      this.outage.over();
      return report;
    } catch (error) {
      if (!(error instanceof IndexUnavailableError)) throw error;
      this.outage.failed(error);
      // It may have come back without its data.
      this.reconcileAt = 0;
      return NOTHING_TO_DO;
    }
  }

  private async feed(client: PoolClient, signal: AbortSignal): Promise<JobReport> {
    if (!this.begun) await forgetNarrowerMatches(client, this.parts.settings.match);
    this.begun = true;
    const end = performance.now() + RUN_MS;
    let done = 0;
    for (;;) {
      await this.reconcileWhenDue(client, signal);
      const settled = await this.delivered.settle(client, signal);
      done += settled.documents;
      if (settled.forgotten) this.reconcileAt = 0;
      const sent = (await this.feedNew(client, signal)) || (await this.fillIn(client, signal));
      const waiting = sent || !this.delivered.isEmpty;
      if (!waiting || performance.now() > end) return { done, more: waiting };
      if (!sent) await delay(POLL_MS, undefined, { signal });
    }
  }

  private async reconcileWhenDue(client: PoolClient, signal: AbortSignal): Promise<void> {
    if (performance.now() < this.reconcileAt) return;
    await this.catalog.reconcile(client, signal);
    this.reconcileAt = performance.now() + RECONCILE_MS;
  }

  /** Sends the next new groups, if they are due. */
  private async feedNew(client: PoolClient, signal: AbortSignal): Promise<boolean> {
    if (this.delivered.newStretches >= MAX_NEW) return false;
    const after = await this.newest(client);
    let groups = await readNewGroups(client, after);
    if (groups !== null && groups.ageMs > this.parts.settings.maxLagMs) {
      await this.putOff(client, after, groups.ageMs);
      groups = await readNewGroups(client, Math.max(after, this.putOffTo));
    }
    if (groups === null) return false;
    if (groups.events < ENOUGH_EVENTS && groups.ageMs < PATIENCE_MS) return false;
    const segments = await this.catalog.segments(client);
    const indexes = await this.catalog.indexesOf(client, segments, signal);
    await this.delivered.send(client, { kind: 'new', ...groups }, { segments, indexes }, signal);
    return true;
  }

  /** Too far behind: half of the bound is left, so that it does not come to this again at once. */
  private async putOff(client: PoolClient, after: number, ageMs: number): Promise<void> {
    const { settings, telemetry } = this.parts;
    const { commitSeq, groups } = await newestCommitOfAge(client, after, settings.maxLagMs / 2);
    this.putOffTo = commitSeq;
    // What was there before the index is no lag.
    if (after > 0) telemetry.emit(feedBehind, { groups, seconds: ageMs / 1_000 });
  }

  /** Sends the newest of what is missing in the newest index that lacks something. */
  private async fillIn(client: PoolClient, signal: AbortSignal): Promise<boolean> {
    if (this.delivered.missingStretches >= MAX_MISSING) return false;
    const newest = await this.newest(client);
    const segments = await this.catalog.segments(client);
    const indexes = await this.catalog.indexesOf(client, segments, signal);
    const ranges = await readRanges(client);
    for (const fed of indexes) {
      const { id } = fed.index;
      const gap = newestGap(newest, [...(ranges.get(id) ?? []), ...this.delivered.of(id)]);
      if (gap === null) continue;
      const stretch = await readMissingGroups(client, fed.segments, gap);
      const scope = { segments: segments.filter((each) => each.index === fed.index.name) };
      if (stretch.groups.length > 0)
        await this.delivered.send(
          client,
          { kind: 'missing', ...stretch },
          { ...scope, indexes: [fed] },
          signal,
        );
      else await this.recordNothing(client, fed, stretch.commits);
      return true;
    }
    return false;
  }

  private async recordNothing(
    client: PoolClient,
    fed: { readonly index: { readonly id: number; readonly seal: number } },
    commits: { readonly first: number; readonly last: number },
  ): Promise<void> {
    const part = { index: fed.index, commitFloor: 0, documents: 0, leftOut: [] };
    await recordCoverage(client, commits, this.parts.settings.match, [part]);
  }

  /** The newest commitSeq that is covered, on its way, or put off. */
  private async newest(client: PoolClient): Promise<number> {
    const answer = await client.query<{ last: string }>(
      'SELECT coalesce(max(last_commit), 0) AS last FROM index_coverage',
    );
    const covered = Number(answer.rows[0]?.last ?? 0);
    return Math.max(covered, this.putOffTo, this.delivered.newest);
  }
}
