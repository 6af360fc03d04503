import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { TestStore } from '../testing/open-test-store.ts';
import { openTwoDays } from '../testing/two-days.ts';
import { until } from '../testing/waiting.ts';
import { FilterLoader } from './filter-loader.ts';
import { SkipFilterCache } from './skip-filter-cache.ts';

const BYTES = 1_000;

describe('FilterLoader', () => {
  let test: TestStore;

  beforeEach(async () => {
    test = await openTwoDays();
  });

  afterEach(() => test.close());

  /** Commits so many filters of a segment. Returns their commitSeqs. */
  async function commit(segmentId: number, filters: number): Promise<number[]> {
    const rows = await test.query(
      `INSERT INTO skip_filter (segment_id, first_group, last_group, events, min_ts, max_ts, bits)
       SELECT $1, n, n, 500, '2026-03-10', '2026-03-10', decode(repeat('00', $3), 'hex')
       FROM generate_series(1, $2::int) AS n RETURNING commit_seq::int`,
      [segmentId, filters, BYTES],
    );
    return rows.map((row) => Number(row['commit_seq']));
  }

  function follow(cache: SkipFilterCache, pool: Pool, failures: unknown[] = []): FilterLoader {
    return new FilterLoader(pool, cache, {
      portionBytes: 5 * BYTES,
      followMs: 5,
      onLoadFailed: (error) => failures.push(error),
    });
  }

  it('loads what is there, and what comes, in segments old and new', async () => {
    const cache = new SkipFilterCache(1_000 * BYTES);
    await commit(1, 12);
    const loader = follow(cache, test.store.readPool);
    await loader.settled();
    expect(cache.get(1)).toHaveLength(12);
    await commit(2, 3);
    const [last = 0] = (await commit(1, 7)).slice(-1);
    await until(() => cache.watermark(1) === last);
    await loader.settled();
    expect([cache.get(1).length, cache.get(2).length]).toEqual([19, 3]);
    expect(cache.usedBytes).toBe(22 * BYTES);
  });

  it('sorts out what a job has joined to larger filters', async () => {
    const cache = new SkipFilterCache(1_000 * BYTES);
    const loader = follow(cache, test.store.readPool);
    await loader.settled();
    const small = await commit(1, 100);
    await until(() => cache.watermark(1) === small.at(-1));
    await test.query('DELETE FROM skip_filter WHERE commit_seq = ANY($1::bigint[])', [small]);
    // As many as have the cache look again.
    const large = await commit(1, 64);
    await until(() => cache.get(1).length === 64);
    expect(cache.get(1).map(({ commitSeq }) => commitSeq)).toEqual(large);
  });

  it('does not push out what is in memory', async () => {
    const cache = new SkipFilterCache(10 * BYTES);
    await commit(2, 8);
    await commit(1, 3);
    const loader = follow(cache, test.store.readPool);
    await loader.settled();
    expect([cache.get(1).length, cache.get(2).length]).toEqual([0, 8]);
  });

  it('takes a part of the cache for what comes from one search to the next', async () => {
    const cache = new SkipFilterCache(40 * BYTES);
    const loader = follow(cache, test.store.readPool);
    await loader.settled();
    const [first = 0] = (await commit(2, 8)).slice(-1);
    await until(() => cache.watermark(2) === first);
    await commit(2, 3);
    const [second = 0] = (await commit(1, 2)).slice(-1);
    await until(() => cache.watermark(1) === second);
    expect([cache.get(1).length, cache.get(2).length]).toEqual([2, 8]);
    loader.asked();
    await commit(2, 1);
    await until(() => cache.get(2).length === 12);
  });

  it('goes on after Postgres did not answer', async () => {
    const cache = new SkipFilterCache(1_000 * BYTES);
    const failures: unknown[] = [];
    let failing = true;
    const pool = Object.create(test.store.readPool) as Pool;
    pool.connect = () =>
      failing ? Promise.reject(new Error('gone')) : test.store.readPool.connect();
    await commit(1, 4);
    follow(cache, pool, failures);
    await until(() => failures.length > 1);
    failing = false;
    await until(() => cache.get(1).length === 4);
    expect(String(failures[0])).toMatch(/gone/);
  });
});
