import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventId, levelRank, MICROS_PER_HOUR, type ParsedEvent, type Micros } from '#event';
import { toPredicate } from '#query';
import { CASES_NOW, QUERY_CASES } from '../query/testing/cases.ts';
import { facetField } from './facet-field.ts';
import {
  openSearchFixture,
  runOptions,
  select,
  sortedIds,
  type SearchFixture,
} from './testing/search-fixture.ts';

const DAY: Micros = 24 * MICROS_PER_HOUR;
const HOURS = [0, 1, -26, 40];

/** Each table of cases shares its events; each table gets a stretch of time of its own. */
function tables() {
  const byEvents = Map.groupBy(QUERY_CASES, (each) => each.events);
  return [...byEvents].map(([events, cases]) => ({ events, cases }));
}

describe('the table of query cases, end to end', () => {
  let fixture: SearchFixture;

  beforeAll(async () => {
    fixture = await openSearchFixture();
    for (const { events } of tables()) await fixture.store(events);
    // The same again on other days and minutes, so that rollups, edges and several segments take part.
    for (const hours of HOURS.slice(1)) {
      const shift = (event: ParsedEvent): ParsedEvent => ({
        ...event,
        timestamp: event.timestamp + hours * MICROS_PER_HOUR + 17,
      });
      await fixture.store(...tables().map(({ events }) => events.map(shift)));
    }
  }, 60_000);

  afterAll(() => fixture.close());

  const queries = [...new Set(QUERY_CASES.map((each) => each.query))];

  async function agree(query: string, range: { from?: Micros; to?: Micros }): Promise<void> {
    const selection = select(query, CASES_NOW, range);
    const holds = toPredicate(selection.query);
    const within = ({ timestamp }: ParsedEvent) =>
      timestamp >= (range.from ?? -Infinity) && timestamp < (range.to ?? Infinity);
    const expected = fixture.events.filter((event) => within(event) && holds(event));
    for (const order of ['desc', 'asc'] as const) {
      const answer = await fixture.search.search(
        { ...selection, limit: 5_000, order, cursor: null },
        runOptions(),
      );
      expect({ query, order, ids: answer.events.map(eventId) }).toEqual({
        query,
        order,
        ids: sortedIds(expected, order),
      });
      expect([answer.partial, answer.nextCursor]).toEqual([false, null]);
    }
    const count = await fixture.search.count(selection, runOptions());
    expect({ query, ...count }).toEqual({ query, count: expected.length, partial: false });
  }

  async function countsAgree(query: string, range: { from?: Micros; to?: Micros }): Promise<void> {
    const selection = select(query, CASES_NOW, range);
    const holds = toPredicate(selection.query);
    const expected = fixture.events.filter(
      (event) =>
        event.timestamp >= (range.from ?? -Infinity) &&
        event.timestamp < (range.to ?? Infinity) &&
        holds(event),
    );
    for (const intervalMicros of [1_000_000, 600_000_000, MICROS_PER_HOUR]) {
      const answer = await fixture.search.histogram({ ...selection, intervalMicros }, runOptions());
      const buckets = new Map<Micros, Record<string, number>>();
      for (const { timestamp, level } of [...expected].sort((a, b) => a.timestamp - b.timestamp)) {
        const start = Math.floor(timestamp / intervalMicros) * intervalMicros;
        const counts = buckets.get(start) ?? {};
        counts[level] = (counts[level] ?? 0) + 1;
        buckets.set(start, counts);
      }
      expect({ query, buckets: answer.buckets }).toEqual({
        query,
        buckets: [...buckets].map(([start, counts]) => ({ start, counts })),
      });
    }
    for (const field of ['level', 'service', 'resourceId', 'metadata.a.b', 'eventType']) {
      const answer = await fixture.search.facets(
        { ...selection, field, limit: 1_000 },
        runOptions(),
      );
      const { grouping, valuesOf } = facetField(field);
      const counts = new Map<string, number>();
      for (const event of expected) {
        for (const value of valuesOf(grouping.keyOf(event))) {
          counts.set(value, (counts.get(value) ?? 0) + 1);
        }
      }
      expect({
        query,
        field,
        values: new Map(answer.values.map((each) => [each.value, each.count])),
      }).toEqual({ query, field, values: counts });
    }
  }

  const wide = { from: CASES_NOW - 2 * DAY, to: CASES_NOW + 3 * DAY };
  const cut = {
    from: CASES_NOW - 26 * MICROS_PER_HOUR + 20,
    to: CASES_NOW + 2 * MICROS_PER_HOUR + 3,
  };

  it('finds what the predicate says, before any filter is built', async () => {
    for (const query of queries) await agree(query, {});
  }, 120_000);

  it('counts what the predicate says, with groups that no rollup counts', async () => {
    for (const query of queries.filter((_, index) => index % 7 === 0))
      await countsAgree(query, cut);
    await countsAgree('', {});
    await countsAgree('level:>=warn', cut);
  }, 120_000);

  it('finds and counts the same after the background jobs', async () => {
    await fixture.runJobs();
    for (const query of queries) await agree(query, wide);
    for (const query of queries.filter((_, index) => index % 5 === 0))
      await countsAgree(query, cut);
    await countsAgree('', {});
    await countsAgree('level:>=warn', {});
    await countsAgree('service:api', {});
    expect(levelRank('fatal')).toBe(5);
  }, 120_000);
});
