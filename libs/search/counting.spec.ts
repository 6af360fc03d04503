import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MICROS_PER_HOUR, MICROS_PER_MINUTE, type ParsedEvent, type Micros } from '#event';
import { toPredicate } from '#query';
import { CASES_NOW } from '../query/testing/cases.ts';
import { niceInterval } from './histogram.ts';
import { randomEvents, seededRandom } from './testing/random-events.ts';
import {
  openSearchFixture,
  runOptions,
  select,
  type SearchFixture,
} from './testing/search-fixture.ts';

describe('counts from rollups', () => {
  let fixture: SearchFixture;
  const random = seededRandom(5);
  const START: Micros = Math.floor(CASES_NOW / MICROS_PER_HOUR) * MICROS_PER_HOUR;

  beforeAll(async () => {
    fixture = await openSearchFixture();
    for (let hour = 0; hour < 6; hour++) {
      await fixture.store(
        randomEvents(random, 400, START + hour * MICROS_PER_HOUR, MICROS_PER_HOUR),
      );
    }
    await fixture.runJobs();
    // One group that rollups do not count yet, over some of the same hours.
    await fixture.store(
      randomEvents(random, 30, START, 5 * MICROS_PER_HOUR).map((event, index): ParsedEvent => ({
        ...event,
        resourceId: `new-${index}`,
        service: `new-${index}`,
      })),
    );
  }, 60_000);

  afterAll(() => fixture.close());

  async function expectCounts(query: string, from: Micros, to: Micros): Promise<void> {
    const selection = select(query, CASES_NOW, { from, to });
    const holds = toPredicate(selection.query);
    const expected = fixture.events.filter(
      (event) => event.timestamp >= from && event.timestamp < to && holds(event),
    );
    const { count } = await fixture.search.count(selection, runOptions());
    expect({ query, from, to, count }).toEqual({ query, from, to, count: expected.length });
    const facet = await fixture.search.facets(
      { ...selection, field: 'resourceId', limit: 3 },
      runOptions(),
    );
    const counts = new Map<string, number>();
    for (const { resourceId } of expected) {
      if (resourceId !== null) counts.set(resourceId, (counts.get(resourceId) ?? 0) + 1);
    }
    const top = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, 3);
    expect(facet.values.map(({ value, count }) => [value, count])).toEqual(top);
  }

  const QUERIES = [
    '',
    'level:error',
    'service:api',
    '-service:api',
    'resourceId:server-1 level:info',
  ];

  async function expectAll(): Promise<void> {
    for (const query of QUERIES) {
      await expectCounts(query, START, START + 6 * MICROS_PER_HOUR);
      await expectCounts(query, START + 7, START + 6 * MICROS_PER_HOUR - 11);
      for (let round = 0; round < 5; round++) {
        const from = START + Math.floor(random() * 5 * MICROS_PER_HOUR);
        await expectCounts(query, from, from + Math.floor(random() * 3 * MICROS_PER_HOUR));
      }
      await expectCounts(query, START + 70, START + MICROS_PER_MINUTE - 5);
    }
  }

  it('are exact for ranges that cut minutes and hours, with groups that are not rolled up', async () => {
    await expectAll();
  }, 60_000);

  it('are exact for hours that are left to scans', async () => {
    await fixture.test.query(
      `INSERT INTO rollup_hour_overflow
       SELECT DISTINCT hour FROM rollup_hour WHERE extract(hour FROM hour AT TIME ZONE 'UTC')::int % 2 = 1`,
    );
    const hours = await fixture.test.query('SELECT hour FROM rollup_hour_overflow');
    expect(hours.length).toBeGreaterThanOrEqual(2);
    await expectAll();
  }, 60_000);

  it.each([
    [MICROS_PER_HOUR, MICROS_PER_MINUTE],
    [24 * MICROS_PER_HOUR, 15 * MICROS_PER_MINUTE],
    [30 * 24 * MICROS_PER_HOUR, 12 * MICROS_PER_HOUR],
  ])('picks about 100 buckets for %d us', (length, interval) => {
    expect(niceInterval({ from: START, to: START + length })).toBe(interval);
  });
});
