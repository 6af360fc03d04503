import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildEvent, TEST_TIME } from '../query/testing/build-event.ts';
import { spreadOf } from './field-statistics.ts';
import {
  openSearchFixture,
  runOptions,
  select,
  type SearchFixture,
} from './testing/search-fixture.ts';

describe('the spread of numbers', () => {
  it('weighs each value by its events', () => {
    const counts = new Map([
      ['1', 50],
      ['2', 40],
      ['x', 7],
      ['100', 10],
    ]);
    expect(spreadOf(counts)).toEqual({
      count: 100,
      min: 1,
      max: 100,
      mean: 11.3,
      p50: 1,
      p90: 2,
      p99: 100,
    });
  });

  it('is nothing without numbers', () => {
    expect(
      spreadOf(
        new Map([
          ['1 ms', 3],
          ['', 1],
          ['Infinity', 1],
        ]),
      ),
    ).toBeNull();
  });
});

describe('field statistics', () => {
  let fixture: SearchFixture;

  beforeAll(async () => {
    fixture = await openSearchFixture();
    await fixture.store(
      [1, 2, 3, 4].map((latency) => buildEvent({ service: 'api', metadata: { latency } })),
      [buildEvent({ metadata: { latency: ['slow', 9] } }), buildEvent({ service: 'web' })],
    );
  }, 60_000);

  afterAll(() => fixture.close());

  it('of metadata count events, values and numbers', async () => {
    const selection = select('', TEST_TIME);
    const answer = await fixture.search.fieldStatistics(
      { ...selection, field: 'metadata.latency' },
      runOptions(),
    );
    expect(answer).toMatchObject({ events: 6, present: 5, distinct: 6, partial: false });
    expect(answer.numbers).toMatchObject({ count: 5, min: 1, max: 9, p50: 3 });
  });

  it('of a column keep to the query', async () => {
    const selection = select('service:api', TEST_TIME);
    const answer = await fixture.search.fieldStatistics(
      { ...selection, field: 'service' },
      runOptions(),
    );
    expect(answer).toEqual({
      field: 'service',
      events: 4,
      present: 4,
      distinct: 1,
      numbers: null,
      partial: false,
    });
  });
});
