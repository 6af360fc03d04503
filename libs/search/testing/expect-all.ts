import { expect } from '@jest/globals';
import { eventId, type StoredEvent } from '#event';
import { toPredicate } from '#query';
import { CASES_NOW } from '../../query/testing/cases.ts';
import { runOptions, select, sortedIds, type SearchFixture } from './search-fixture.ts';

interface Stored extends Pick<SearchFixture, 'search'> {
  readonly events: readonly StoredEvent[];
}

/** Expects all stored events that match, each once and in order, by search and by count. */
export async function expectAll({ events: stored, search }: Stored, query = ''): Promise<void> {
  const selection = select(query, CASES_NOW);
  const expected = stored.filter(toPredicate(selection.query));
  const request = { ...selection, limit: 5_000, order: 'desc', cursor: null } as const;
  const { events } = await search.search(request, runOptions(60_000));
  expect(events.map(eventId)).toEqual(sortedIds(expected, 'desc'));
  const { count } = await search.count(selection, runOptions(60_000));
  expect(count).toBe(expected.length);
}
