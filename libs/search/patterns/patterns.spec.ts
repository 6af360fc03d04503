import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MICROS_PER_HOUR } from '#event';
import { messageTemplate } from '#query';
import { CASES_NOW } from '../../query/testing/cases.ts';
import { randomEvents, seededRandom } from '../testing/random-events.ts';
import {
  openSearchFixture,
  runOptions,
  select,
  type SearchFixture,
} from '../testing/search-fixture.ts';

describe('patterns of stored events', () => {
  let fixture: SearchFixture;

  beforeAll(async () => {
    fixture = await openSearchFixture();
    const random = seededRandom(7);
    await fixture.store(
      randomEvents(random, 4_000, CASES_NOW, MICROS_PER_HOUR),
      randomEvents(random, 4_000, CASES_NOW, MICROS_PER_HOUR),
    );
  }, 60_000);

  afterAll(() => fixture.close());

  it('count every event once, over several pages', async () => {
    const answer = await fixture.search.patterns(
      { ...select('', CASES_NOW), limit: 10_000 },
      runOptions(),
    );
    const expected = new Map<string, number>();
    for (const { message } of fixture.events) {
      const template = messageTemplate(message);
      expected.set(template, (expected.get(template) ?? 0) + 1);
    }
    expect(new Map(answer.patterns.map(({ template, count }) => [template, count]))).toEqual(
      expected,
    );
    expect(answer).toMatchObject({ events: 8_000, templates: expected.size, partial: false });
  });

  it('are of what the query finds', async () => {
    const selection = select('level:error', CASES_NOW);
    const answer = await fixture.search.patterns({ ...selection, limit: 5 }, runOptions());
    const { count } = await fixture.search.count(selection, runOptions());
    expect(answer.events).toBe(count);
    expect(answer.patterns.flatMap(({ levels }) => Object.keys(levels))).not.toContain('info');
  });

  it('are of the newest where the budget ends the reading, and say so', async () => {
    const answer = await fixture.search.patterns(
      { ...select('', CASES_NOW), limit: 5 },
      runOptions(0),
    );
    expect(answer.partial).toBe(true);
    expect(answer.events).toBeLessThan(8_000);
  });
});
