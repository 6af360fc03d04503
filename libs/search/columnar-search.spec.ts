import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventId, MICROS_PER_HOUR, type ParsedEvent, type StoredEvent } from '#event';
import { parseQuery, QuerySyntaxError, toPredicate } from '#query';
import { anyEvent, anyQuery } from '../query/testing/arbitraries.ts';
import { CASES_NOW, QUERY_CASES } from '../query/testing/cases.ts';
import type { Order } from './search-service.ts';
import { openColumnarFixture, type ColumnarFixture } from './testing/columnar-fixture.ts';
import { randomEvents, seededRandom } from './testing/random-events.ts';
import { runOptions, select, sortedIds } from './testing/search-fixture.ts';

const GENERATED_QUERIES = fc.sample(anyQuery, { numRuns: 60, seed: 7 }).filter(parses);
const RANDOM_QUERIES = [
  '',
  'disk',
  '"disk full" -retry',
  'level:>=warn',
  'level:fatal timeout',
  'retry service:api',
  'connect -service:auth',
  '(disk OR full) user',
  'message:"*isk full us*"',
  'message:/full user/',
  'nothing',
  'traceId:trace-7',
  'metadata.size:>7',
  'metadata.size:3 level:info',
];

function parses(text: string): boolean {
  try {
    parseQuery(text, CASES_NOW);
    return true;
  } catch (error) {
    if (error instanceof QuerySyntaxError) return false;
    throw error;
  }
}

/** The events of the table of cases on some days, each table a group. */
function caseGroups(hours: number): ParsedEvent[][] {
  const tables = [...Map.groupBy(QUERY_CASES, (each) => each.events).keys()];
  return tables.map((events) =>
    events.map((event) => ({ ...event, timestamp: event.timestamp + hours * MICROS_PER_HOUR })),
  );
}

describe('search over rows, columnar files and events that came late', () => {
  let fixture: ColumnarFixture;
  const random = seededRandom(11);

  beforeAll(async () => {
    // Files of few events, so that a day has several.
    fixture = await openColumnarFixture({ eventsPerFile: 300, lateEvents: 200 });
    const generated = fc.sample(anyEvent, { numRuns: 200, seed: 7 });
    const noise = (day: number, count: number) =>
      randomEvents(random, count, CASES_NOW + day * 24 * MICROS_PER_HOUR, 6 * MICROS_PER_HOUR);
    await fixture.store(...caseGroups(0), ...caseGroups(-26), noise(0, 400), noise(1, 300));
    await fixture.store(generated.slice(0, 120));
    await fixture.archive();
    // Late: many become files of their own.
    await fixture.store(...caseGroups(0), noise(0, 400), noise(1, 50));
    await fixture.archive();
    await fixture.store(...caseGroups(1), ...caseGroups(40), noise(0, 100), noise(1, 60));
    await fixture.store(generated.slice(120));
    await fixture.runJobs();
    await fixture.store(noise(0, 30));
  }, 120_000);

  afterAll(() => fixture.close());

  const expected = (query: string): StoredEvent[] =>
    fixture.events.filter(toPredicate(select(query, CASES_NOW).query));

  async function agree(
    query: string,
    limit: () => number,
    orders: readonly Order[] = ['desc', 'asc'],
    budgetMs = 60_000,
  ): Promise<void> {
    for (const order of orders) {
      const found: string[] = [];
      let cursor: string | null = null;
      do {
        const request = { ...select(query, CASES_NOW), limit: limit(), order, cursor };
        const answer = await fixture.search.search(request, runOptions(budgetMs));
        found.push(...answer.events.map(eventId));
        cursor = answer.nextCursor;
      } while (cursor !== null);
      expect({ query, order, found }).toEqual({
        query,
        order,
        found: sortedIds(expected(query), order),
      });
    }
  }

  it('lies in all of them', async () => {
    const rows = await fixture.test.query(
      `SELECT engine, count(*)::int AS count FROM segment GROUP BY engine ORDER BY engine`,
    );
    const counts = new Map(rows.map((row) => [row['engine'], Number(row['count'])]));
    expect(counts.get('columnar')).toBeGreaterThan(3);
    expect(counts.get('rows')).toBeGreaterThan(2);
    const answer = await fixture.search.search(
      { ...select('', CASES_NOW), limit: 10, order: 'desc', cursor: null },
      runOptions(),
    );
    expect(answer.engines).toEqual(['columnar', 'postgres']);
  });

  it('agrees with the table of cases', async () => {
    for (const [at, query] of [...new Set(QUERY_CASES.map((each) => each.query))].entries()) {
      await agree(query, () => 5_000, [at % 2 === 0 ? 'desc' : 'asc']);
    }
  }, 180_000);

  it('agrees on generated queries', async () => {
    for (const [at, query] of GENERATED_QUERIES.entries()) {
      await agree(query, () => 5_000, [at % 2 === 0 ? 'desc' : 'asc']);
    }
  }, 120_000);

  it('agrees page by page', async () => {
    for (const query of RANDOM_QUERIES) await agree(query, () => 1 + Math.floor(random() * 300));
  }, 120_000);

  it('agrees with a budget that ends each page at once', async () => {
    for (const query of ['disk', 'level:>=warn', 'metadata.size:3 level:info']) {
      await agree(query, () => 400, ['desc', 'asc'], 0);
    }
  }, 120_000);

  it('gives the whole event back', async () => {
    const request = { ...select('', CASES_NOW), limit: 5_000, order: 'asc', cursor: null } as const;
    const { events } = await fixture.search.search(request, runOptions());
    const stored = new Map(fixture.events.map((event) => [eventId(event), event]));
    // Postgres writes JSON with other spaces than JavaScript.
    for (const event of events) {
      const original = stored.get(eventId(event))!;
      expect(event).toEqual({ ...original, metadataText: event.metadataText });
    }
  });

  it('counts, also what the SQL alone does not decide', async () => {
    for (const query of [...RANDOM_QUERIES, ...GENERATED_QUERIES]) {
      const answer = await fixture.search.count(select(query, CASES_NOW), runOptions(60_000));
      expect({ query, ...answer }).toEqual({
        query,
        count: expected(query).length,
        partial: false,
      });
    }
  }, 120_000);

  it('makes histograms', async () => {
    for (const query of ['', 'disk', 'metadata.size:>7']) {
      const hour = MICROS_PER_HOUR;
      for (const intervalMicros of [hour, 7_000_000]) {
        const request = { ...select(query, CASES_NOW), intervalMicros };
        const { buckets, partial } = await fixture.search.histogram(request, runOptions(60_000));
        expect(partial).toBe(false);
        const wanted = new Map<number, number>();
        for (const event of expected(query)) {
          const start = Math.floor(event.timestamp / intervalMicros) * intervalMicros;
          wanted.set(start, (wanted.get(start) ?? 0) + 1);
        }
        const sums = buckets.map(({ start, counts }): [number, number] => [
          start,
          Object.values(counts).reduce((sum, count) => sum + count, 0),
        ]);
        expect(sums).toEqual([...wanted].sort(([a], [b]) => a - b));
      }
    }
    const { buckets } = await fixture.search.histogram(
      { ...select('', CASES_NOW), intervalMicros: null },
      runOptions(),
    );
    expect(buckets.length).toBeGreaterThan(5);
  }, 60_000);

  it.each(['service', 'level', 'message', 'timestamp', 'size', 'a', 'a.b', 'http.status', 'tags'])(
    'counts the values of %s',
    async (field) => {
      for (const query of ['', 'disk', 'level:info -retry']) {
        const request = { ...select(query, CASES_NOW), field, limit: 5_000 };
        const answer = await fixture.search.facets(request, runOptions(60_000));
        for (const { value, count } of answer.values.slice(0, 20)) {
          if (/["\\*]/.test(value) || field === 'message' || field === 'timestamp') continue;
          const term = `${query} ${field}:"${value}"`;
          const matches = expected(term).length;
          // A number is found by its text and by its value; both are counted by their text.
          if (Number.isNaN(Number(value)))
            expect({ term, count }).toEqual({ term, count: matches });
          else expect(count).toBeLessThanOrEqual(matches);
        }
        if (field === 'level') {
          const sum = answer.values.reduce((all, { count }) => all + count, 0);
          expect(sum).toBe(expected(query).length);
        }
      }
    },
    60_000,
  );

  it('exports in order', async () => {
    for (const query of ['', 'disk', 'traceId:trace-7', 'metadata.size:>7']) {
      for (const order of ['asc', 'desc'] as const) {
        const ids: string[] = [];
        const signal = new AbortController().signal;
        for await (const page of fixture.search.export(select(query, CASES_NOW), order, signal)) {
          ids.push(...page.map(eventId));
        }
        expect(ids).toEqual(sortedIds(expected(query), order));
      }
    }
  }, 60_000);

  it('shows the context of an event wherever it lies', async () => {
    const all = sortedIds(fixture.events, 'asc');
    for (let at = 5; at < all.length - 5; at += 97) {
      const request = { id: all[at]!, before: 3, after: 4, scope: 'all' } as const;
      const found = await fixture.search.context(request, runOptions());
      expect(found?.map(eventId)).toEqual(all.slice(at - 3, at + 5));
    }
  }, 60_000);

  it('finds a trace', async () => {
    const found = await fixture.search.trace('trace-7', runOptions());
    expect(found.map(eventId)).toEqual(sortedIds(expected('traceId:trace-7'), 'asc'));
  });

  it('goes on with a tail from a position whose events are in files', async () => {
    const stop = new AbortController();
    const tail = await fixture.search.tail(parseQuery('disk', CASES_NOW), '0.0', stop.signal);
    const wanted = expected('disk').length;
    const seen: string[] = [];
    for await (const events of tail.events) {
      seen.push(...events.map(({ event }) => eventId(event)));
      if (seen.length >= wanted) break;
    }
    stop.abort();
    expect(seen.sort()).toEqual(sortedIds(expected('disk'), 'asc').sort());
  }, 60_000);
});
