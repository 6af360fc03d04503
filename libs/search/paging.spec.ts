import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventId, MICROS_PER_HOUR, type StoredEvent } from '#event';
import { toPredicate } from '#query';
import { CASES_NOW } from '../query/testing/cases.ts';
import { InvalidCursorError } from './cursor.ts';
import type { Order } from './search-service.ts';
import { pick, randomEvents, seededRandom } from './testing/random-events.ts';
import {
  openSearchFixture,
  runOptions,
  select,
  sortedIds,
  type SearchFixture,
} from './testing/search-fixture.ts';

const QUERIES = [
  '',
  'level:>=error',
  'level:fatal service:api',
  'disk',
  '"disk full" -retry',
  'traceId:trace-7',
  'traceId:trace-7 OR traceId:trace-8',
  'message:"*isk fu*"',
  'message:/dis.\\b.*user/',
  'service:auth',
  '-service:auth metadata.size:>6',
  'nothing',
];

describe('paging', () => {
  let fixture: SearchFixture;
  const random = seededRandom(7);

  beforeAll(async () => {
    fixture = await openSearchFixture();
    for (let day = 0; day < 4; day++) {
      const from = CASES_NOW + day * 23 * MICROS_PER_HOUR;
      await fixture.store(
        randomEvents(random, 300, from, MICROS_PER_HOUR),
        ...Array.from({ length: 4 }, () => randomEvents(random, 60, from, 6 * MICROS_PER_HOUR)),
      );
      if (day === 2) await fixture.runJobs();
    }
  }, 60_000);

  afterAll(() => fixture.close());

  /** All pages of an answer, each of a random size. */
  async function readAll(query: string, order: Order, budgetMs: number): Promise<StoredEvent[]> {
    const found: StoredEvent[] = [];
    let cursor: string | null = null;
    do {
      const limit = 1 + Math.floor(random() * random() * 400);
      const request = { ...select(query, CASES_NOW), limit, order, cursor };
      const page = await fixture.search.search(request, runOptions(budgetMs));
      expect(page.events.length).toBeLessThanOrEqual(limit);
      expect(page.partial && page.nextCursor === null).toBe(false);
      found.push(...page.events);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return found;
  }

  function expected(query: string, order: Order, events: readonly StoredEvent[]): string[] {
    return sortedIds(events.filter(toPredicate(select(query, CASES_NOW).query)), order);
  }

  for (const order of ['desc', 'asc'] as const) {
    it(`gives everything once and in order, ${order}`, async () => {
      for (const query of QUERIES) {
        const ids = (await readAll(query, order, 10_000)).map(eventId);
        expect({ query, ids }).toEqual({ query, ids: expected(query, order, fixture.events) });
      }
    }, 60_000);

    it(`covers everything with a budget that ends each page at once, ${order}`, async () => {
      for (const query of QUERIES) {
        const ids = (await readAll(query, order, 0)).map(eventId);
        expect({ query, ids }).toEqual({ query, ids: expected(query, order, fixture.events) });
      }
    }, 60_000);
  }

  it('gives what was there once and in order while groups are committed and jobs run', async () => {
    const stop = new AbortController();
    const writing = (async () => {
      while (!stop.signal.aborted) {
        const from = CASES_NOW + Math.floor(random() * 4) * 23 * MICROS_PER_HOUR;
        await fixture.store(randomEvents(random, 40, from, 6 * MICROS_PER_HOUR));
        await fixture.runJobs();
      }
    })();
    try {
      for (let round = 0; round < 12; round++) {
        const query = pick(random, QUERIES);
        const order = pick(random, ['asc', 'desc'] as const);
        const before = expected(query, order, [...fixture.events]);
        const ids = (await readAll(query, order, pick(random, [0, 10_000]))).map(eventId);
        expect(new Set(ids).size).toBe(ids.length);
        const known = new Set(before);
        expect({ query, ids: ids.filter((id) => known.has(id)) }).toEqual({ query, ids: before });
        const answered = new Set(ids);
        expect(ids).toEqual(
          sortedIds(
            fixture.events.filter((event) => answered.has(eventId(event))),
            order,
          ),
        );
      }
    } finally {
      stop.abort();
      await writing;
    }
  }, 60_000);

  it('never counts twice while the jobs run', async () => {
    const stop = new AbortController();
    const total = fixture.events.length;
    const jobs = (async () => {
      while (!stop.signal.aborted) await fixture.runJobs();
    })();
    try {
      for (let round = 0; round < 20; round++) {
        const { count } = await fixture.search.count(select('', CASES_NOW), runOptions());
        expect(count).toBe(total);
      }
    } finally {
      stop.abort();
      await jobs;
    }
  }, 60_000);

  it('exports everything from one snapshot, in order', async () => {
    for (const query of QUERIES) {
      for (const order of ['desc', 'asc'] as const) {
        const ids: string[] = [];
        const signal = new AbortController().signal;
        for await (const page of fixture.search.export(select(query, CASES_NOW), order, signal)) {
          ids.push(...page.map(eventId));
        }
        expect({ query, ids }).toEqual({ query, ids: expected(query, order, fixture.events) });
      }
    }
  }, 60_000);

  it('gives the connection back when an export is left early', async () => {
    for (let round = 0; round < 12; round++) {
      const signal = new AbortController().signal;
      for await (const page of fixture.search.export(select('', CASES_NOW), 'desc', signal)) {
        expect(page.length).toBeGreaterThan(0);
        break;
      }
    }
    expect(fixture.test.store.readPool.waitingCount).toBe(0);
    const { count } = await fixture.search.count(select('', CASES_NOW), runOptions());
    expect(count).toBe(fixture.events.length);
  });

  it('shows an event with its neighbours over all and within its trace', async () => {
    const sorted = sortedIds(fixture.events, 'asc');
    for (const index of [0, 3, 311, sorted.length - 1]) {
      const id = sorted[index]!;
      const all = await fixture.search.context(
        { id, before: 5, after: 4, scope: 'all' },
        runOptions(),
      );
      expect(all?.map(eventId)).toEqual(sorted.slice(Math.max(0, index - 5), index + 5));
      const event = fixture.events.find((each) => eventId(each) === id)!;
      const trace = sortedIds(
        fixture.events.filter((each) => each.traceId === event.traceId),
        'asc',
      );
      const at = trace.indexOf(id);
      const scoped = await fixture.search.context(
        { id, before: 2, after: 2, scope: 'trace' },
        runOptions(),
      );
      expect(scoped?.map(eventId)).toEqual(trace.slice(Math.max(0, at - 2), at + 3));
      const found = await fixture.search.trace(event.traceId!, runOptions());
      expect(found.map(eventId)).toEqual(trace);
    }
    const none = { before: 1, after: 1, scope: 'all' } as const;
    expect(await fixture.search.context({ id: '999999-0', ...none }, runOptions())).toBeNull();
    expect(await fixture.search.context({ id: 'nonsense', ...none }, runOptions())).toBeNull();
  });

  it('shows an event alone in a scope that it has no value for', async () => {
    const event = fixture.events.find(({ service }) => service === null)!;
    const around = { id: eventId(event), before: 5, after: 5 };
    const alone = await fixture.search.context({ ...around, scope: 'service' }, runOptions());
    expect(alone?.map(eventId)).toEqual([around.id]);
    const among = await fixture.search.context({ ...around, scope: 'resource' }, runOptions());
    expect(among?.length).toBeGreaterThan(1);
    expect(new Set(among?.map(({ resourceId }) => resourceId))).toEqual(
      new Set([event.resourceId]),
    );
  });

  it('refuses a cursor that it did not make, and one of another query or order', async () => {
    const request = { ...select('', CASES_NOW), limit: 1 };
    const page = await fixture.search.search(
      { ...request, order: 'asc', cursor: null },
      runOptions(),
    );
    for (const cursor of ['', 'x', 'MS5kZXNj', page.nextCursor!]) {
      await expect(
        fixture.search.search({ ...request, order: 'desc', cursor }, runOptions()),
      ).rejects.toThrow(InvalidCursorError);
    }
    const other = { ...select('disk', CASES_NOW), limit: 1, order: 'asc' } as const;
    await expect(
      fixture.search.search({ ...other, cursor: page.nextCursor }, runOptions()),
    ).rejects.toThrow(InvalidCursorError);
  });
});
