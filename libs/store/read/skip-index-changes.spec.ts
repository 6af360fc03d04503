import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { requiredTokens, parseQuery } from '#query';
import { SkipFilterBuilder } from '../skip-index/skip-filter-builder.ts';
import { buildEvent, NOON } from '../testing/events.ts';
import type { TestStore } from '../testing/open-test-store.ts';
import { openTwoDays } from '../testing/two-days.ts';
import { createSkipIndexReader, type SkipIndexReader } from './skip-index-reader.ts';
import { withSnapshot, type Snapshot } from './snapshot.ts';
import { interceptQueries } from './testing/intercept-queries.ts';
import { wholeSegments } from './testing/whole-segments.ts';

const signal = new AbortController().signal;

describe('the skip index, while others change it', () => {
  let test: TestStore;
  const builder = new SkipFilterBuilder();

  beforeEach(async () => {
    test = await openTwoDays();
  });

  afterEach(() => test.close());

  /** A filter over the group `firstGroup` to `lastGroup`, each with a word of its own. Returns its bytes. */
  async function commit(segmentId: number, firstGroup: number, lastGroup = firstGroup) {
    for (let group = firstGroup; group <= lastGroup; group++)
      builder.add(buildEvent({ message: `word${group}` }));
    const bits = builder.build();
    const day = segmentId === 1 ? '2026-03-10' : '2026-03-11';
    await test.query(
      `INSERT INTO skip_filter (segment_id, first_group, last_group, events, min_ts, max_ts, bits)
       VALUES ($1, $2, $3, 500, $4::timestamptz, $4::timestamptz + interval '10 hours', $5)`,
      [segmentId, firstGroup, lastGroup, day, bits],
    );
    return bits.length;
  }

  const read = <T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T> =>
    withSnapshot(test.store.readPool, signal, { path: 'ordered', timeoutMs: 0 }, work);

  const groupsOf = async (
    reader: SkipIndexReader,
    snapshot: Snapshot,
    segmentId: number,
    word: string,
  ): Promise<number[]> => {
    const ranges = wholeSegments(snapshot).filter(({ segment }) => segment.id === segmentId);
    const [found] = await reader.find(snapshot, ranges, requiredTokens(parseQuery(word, NOON)));
    return (found?.candidates ?? []).map(({ firstGroup }) => firstGroup);
  };

  const onLoadFailed = (error: unknown): never => {
    throw error;
  };

  it('finds what it held of a segment that leaves the cache in mid-search', async () => {
    const bytes = await commit(1, 1);
    await commit(1, 2);
    await commit(2, 3);
    await commit(2, 4);
    const reader = createSkipIndexReader(test.store.readPool, {
      maxBytes: 3 * bytes,
      onLoadFailed,
    });
    expect(await read((snapshot) => groupsOf(reader, snapshot, 1, 'word1'))).toEqual([1]);
    await commit(1, 5);
    let pushedOut = 0;
    const found = await read(async (snapshot) => {
      const watched: Snapshot = {
        ...snapshot,
        rows: async (sql, values) => {
          const rows = await snapshot.rows(sql, values);
          if (sql.includes('ORDER BY f.segment_id')) {
            pushedOut++;
            await read((other) => groupsOf(reader, other, 2, 'word3'));
          }
          return rows;
        },
      };
      return groupsOf(reader, watched, 1, 'word1');
    });
    expect([pushedOut, ...found]).toEqual([1, 1]);
    expect(await read((snapshot) => groupsOf(reader, snapshot, 1, 'word1'))).toEqual([1]);
  });

  it('answers for an older snapshot while and after filters were joined', async () => {
    for (let group = 1; group <= 9; group++) await commit(1, group);
    const join = async (): Promise<void> => {
      await test.query('DELETE FROM skip_filter WHERE first_group <= 8');
      await commit(1, 1, 8);
    };
    let joined = 0;
    const pool = interceptQueries(test.store.readPool, async (query, text) => {
      const answer = await query();
      if (text.includes('octet_length') && joined++ === 0) await join();
      return answer;
    });
    const reader = createSkipIndexReader(pool, {
      maxBytes: 1_000_000,
      inlineBytes: 0,
      portionBytes: 1,
      onLoadFailed,
    });
    await read(async (snapshot) => {
      expect(await groupsOf(reader, snapshot, 1, 'word5')).toEqual([5]);
      await reader.settled();
      expect(joined).toBeGreaterThan(0);
      expect(await groupsOf(reader, snapshot, 1, 'word5')).toEqual([5]);
    });
    await read((snapshot) => groupsOf(reader, snapshot, 1, 'word5'));
    await reader.settled();
    expect(await read((snapshot) => groupsOf(reader, snapshot, 1, 'word5'))).toContain(1);
  });

  it('cuts the times of candidates to the range', async () => {
    await commit(1, 1);
    const reader = createSkipIndexReader(test.store.readPool, {
      maxBytes: 1_000_000,
      onLoadFailed,
    });
    const minute = { from: NOON - 4 * 3_600_000_000, to: NOON - 4 * 3_600_000_000 + 60_000_000 };
    const [found] = await read((snapshot) =>
      reader.find(
        snapshot,
        wholeSegments(snapshot)
          .slice(0, 1)
          .map(({ segment }) => ({ segment, ...minute })),
        requiredTokens(parseQuery('word1', NOON)),
      ),
    );
    expect(found?.candidates).toMatchObject([{ minTs: minute.from, maxTs: minute.to - 1 }]);
  });
});
