import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventId, MICROS_PER_HOUR } from '#event';
import { parseQuery, toPredicate } from '#query';
import { CASES_NOW } from '../../query/testing/cases.ts';
import { InvalidCursorError } from '../cursor.ts';
import type { TailedEvent } from '../search-service.ts';
import { randomEvents, seededRandom } from '../testing/random-events.ts';
import { openSearchFixture, type SearchFixture } from '../testing/search-fixture.ts';

describe('tail', () => {
  let fixture: SearchFixture;
  const random = seededRandom(11);

  beforeAll(async () => {
    fixture = await openSearchFixture();
    await fixture.store(randomEvents(random, 20, CASES_NOW, MICROS_PER_HOUR));
  }, 60_000);

  afterAll(() => fixture.close());

  /** Reads a tail until it has given so many events. */
  async function take(
    query: string,
    position: string | null,
    count: number,
  ): Promise<TailedEvent[]> {
    const stop = new AbortController();
    const found: TailedEvent[] = [];
    const parsed = parseQuery(query, CASES_NOW);
    const tail = await fixture.search.tail(parsed, position, stop.signal);
    for await (const events of tail.events) {
      found.push(...events);
      if (found.length >= count) break;
    }
    return found;
  }

  async function iterate(
    query: string,
    signal: AbortSignal,
  ): Promise<AsyncIterator<readonly TailedEvent[]>> {
    const tail = await fixture.search.tail(parseQuery(query, CASES_NOW), null, signal);
    return tail.events[Symbol.asyncIterator]();
  }

  it('gives each event of concurrent commits once, to tails from the start and to one that resumes', async () => {
    const writer = (seed: number) => {
      const own = seededRandom(seed);
      return (async () => {
        for (let group = 0; group < 8; group++) {
          await fixture.store(
            randomEvents(own, 25, CASES_NOW + seed * 30 * MICROS_PER_HOUR, MICROS_PER_HOUR),
          );
        }
      })();
    };
    const query = 'disk';
    const tails = [take(query, '0.0', 120), take('', '0.0', 420)];
    await Promise.all([writer(1), writer(2)]);
    const holds = toPredicate(parseQuery(query, CASES_NOW));
    const wanted = fixture.events.filter(holds).map(eventId);
    expect(wanted.length).toBeGreaterThan(150);
    const [taken = [], all = []] = await Promise.all(tails);
    const some = taken.slice(0, 100);
    const rest = await take(query, some.at(-1)!.position, wanted.length - some.length);
    const ids = [...some, ...rest].map(({ event }) => eventId(event));
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual([...wanted].sort());
    expect(new Set(all.map(({ event }) => eventId(event))).size).toBe(fixture.events.length);
    const commits = [...some, ...rest].map(({ position }) => Number(position.split('.')[0]));
    expect(commits).toEqual([...commits].sort((a, b) => a - b));
  }, 30_000);

  it('starts with what is committed from now on', async () => {
    const stop = new AbortController();
    const tail = await iterate('', stop.signal);
    const stored = fixture.events.length;
    // Committed after the tail was opened and before anything was asked of it.
    await fixture.store(randomEvents(random, 3, CASES_NOW, MICROS_PER_HOUR));
    const { value } = (await tail.next()) as { value: TailedEvent[] };
    expect(value.map(({ event }) => eventId(event)).sort()).toEqual(
      fixture.events.slice(stored).map(eventId).sort(),
    );
    await tail.return?.();
  }, 30_000);

  it('resumes within a group', async () => {
    const [first] = await take('', '0.0', 1);
    const second = await take('', first!.position, 1);
    expect(eventId(second[0]!.event)).toBe(`${first!.event.groupSeq}-${first!.event.ordinal + 1}`);
  });

  it('ends with the signal, also while nothing comes', async () => {
    const stop = new AbortController();
    const waiting = (await iterate('nothing', stop.signal)).next();
    stop.abort(new Error('client gone'));
    await expect(waiting).rejects.toThrow('client gone');
  });

  it('refuses a position that is none', async () => {
    await expect(take('', 'yesterday', 1)).rejects.toThrow(InvalidCursorError);
  });
});
