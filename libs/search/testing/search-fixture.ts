import { eventId, type ParsedEvent, type Micros, type StoredEvent } from '#event';
import { parseQuery } from '#query';
import {
  buildFilters,
  createFoldGroups,
  JobRunner,
  mergeRollups,
  type StoreSettings,
} from '#store';
import { Telemetry } from '#telemetry';
import { buildBatch } from '../../store/testing/events.ts';
import { openTestStore, type TestStore } from '../../store/testing/open-test-store.ts';
import { createSearchService, type SearchServiceSettings } from '../create-search-service.ts';
import { inOrder } from '../position.ts';
import type { Order, RunOptions, SearchService, Selection } from '../search-service.ts';

/** A store with events written through its writer, and the search over it. */
export interface SearchFixture {
  readonly test: TestStore;
  readonly search: SearchService;
  /** All that was stored, in no particular order. */
  readonly events: StoredEvent[];
  /** Stores each list as one group. */
  store(...groups: readonly (readonly ParsedEvent[])[]): Promise<void>;
  /** Runs the background jobs once: filters, folding, merging. */
  runJobs(): Promise<void>;
  close(): Promise<void>;
}

export async function openSearchFixture(
  settings: Partial<SearchServiceSettings> = {},
  storeSettings: Partial<StoreSettings> = {},
): Promise<SearchFixture> {
  // Reading is tested here, not durability.
  const test = await openTestStore(storeSettings);
  const telemetry = new Telemetry(() => undefined);
  const events: StoredEvent[] = [];
  const runner = new JobRunner({ pool: test.store.writePool, telemetry, random: () => 0.5 });
  return {
    test,
    events,
    search: createSearchService({ pool: test.store.readPool, telemetry, ...settings }),
    async store(...groups) {
      for (const group of groups) {
        const { groupSeq } = await test.store.writer.commit(
          [buildBatch(group)],
          new AbortController().signal,
        );
        if (groupSeq === null) throw new Error('the group was not stored');
        group.forEach((event, ordinal) => events.push({ ...event, groupSeq, ordinal }));
      }
    },
    async runJobs() {
      for (const job of [buildFilters, createFoldGroups(0), mergeRollups])
        await runner.runOnce(job);
    },
    close: () => test.close(),
  };
}

export function runOptions(budgetMs = 10_000): RunOptions {
  return { budgetMs, signal: new AbortController().signal };
}

export function select(
  query: string,
  now: Micros,
  range: { from?: Micros; to?: Micros } = {},
): Selection {
  return { query: parseQuery(query, now), from: range.from ?? null, to: range.to ?? null };
}

/** Ids in the order of an answer. */
export function sortedIds(events: readonly StoredEvent[], order: Order): string[] {
  return [...events].sort(inOrder(order)).map(eventId);
}
