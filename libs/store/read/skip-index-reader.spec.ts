import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { requiredTokens, parseQuery } from '#query';
import { SkipFilterBuilder } from '../skip-index/skip-filter-builder.ts';
import { buildEvent, NOON } from '../testing/events.ts';
import type { TestStore } from '../testing/open-test-store.ts';
import { openTwoDays } from '../testing/two-days.ts';
import { mergeCandidates } from './candidate.ts';
import { mayFulfil, probeSql, toProbe } from './filter-probe.ts';
import { createSkipIndexReader } from './skip-index-reader.ts';
import { interceptQueries } from './testing/intercept-queries.ts';
import { wholeSegments } from './testing/whole-segments.ts';
import { withSnapshot, type Snapshot } from './snapshot.ts';

const REQUIREMENTS = [
  'needle7',
  'needle7 common',
  'needle3 OR needle12',
  'traceId:trace-9',
  'absent',
  '"needle5 common"',
];
const FILTERS = 200;
const signal = new AbortController().signal;

describe('the skip index, as readers ask it', () => {
  let test: TestStore;

  beforeAll(async () => {
    test = await openTwoDays();
    const builder = new SkipFilterBuilder();
    for (let group = 1; group <= FILTERS; group++) {
      builder.add(buildEvent({ message: `common needle${group % 20}`, traceId: `trace-${group}` }));
      await test.query(
        `INSERT INTO skip_filter (commit_seq, segment_id, first_group, last_group, events, min_ts, max_ts, bits)
         VALUES (nextval('commit_seq'), 1, $1, $1, 500, to_timestamp($2), to_timestamp($2), $3)`,
        [group, NOON / 1e6 + group, builder.build()],
      );
    }
    await test.query(
      `INSERT INTO group_part VALUES (1, 900, 40, '2026-03-10', '2026-03-10'), (2, 900, 60, '2026-03-11', '2026-03-11')`,
    );
  }, 60_000);

  afterAll(() => test.close());

  it('answers the same from Postgres, while it loads, and from memory', async () => {
    const failures: unknown[] = [];
    const reader = createSkipIndexReader(test.store.readPool, {
      maxBytes: 64 * 1024 * 1024,
      inlineBytes: 1_000,
      onLoadFailed: (error) => failures.push(error),
    });
    const find = (query: string) =>
      withSnapshot(test.store.readPool, signal, { path: 'ordered', timeoutMs: 0 }, (snapshot) =>
        reader.find(snapshot, wholeSegments(snapshot), requiredTokens(parseQuery(query, NOON))),
      );
    const cold = await Promise.all(REQUIREMENTS.map(find));
    await reader.settled();
    const warm = await Promise.all(REQUIREMENTS.map(find));
    expect(failures).toEqual([]);
    expect(warm).toEqual(cold);
    const [needle] = warm[0] ?? [];
    expect(needle?.events).toBe(FILTERS * 500 + 40);
    // One filter in twenty, few false ones, and the group that no filter covers.
    expect(needle?.candidates.length).toBeGreaterThanOrEqual(FILTERS / 20 + 1);
    expect(needle?.candidates.length).toBeLessThan(FILTERS / 5);
    const [trace, other] = warm[3] ?? [];
    expect(trace?.candidates.map(({ firstGroup }) => firstGroup)).toEqual(
      expect.arrayContaining([9, 900]),
    );
    expect(other?.candidates).toMatchObject([{ firstGroup: 900, lastGroup: 900, events: 60 }]);
  }, 60_000);

  it('looks only at what reaches into the range, in Postgres and in memory', async () => {
    const reader = createSkipIndexReader(test.store.readPool, {
      maxBytes: 64 * 1024 * 1024,
      inlineBytes: 1_000,
      onLoadFailed: (error) => {
        throw error;
      },
    });
    // Filter n lies at second n; the one of needle7 at 47, 67 and 87 within these.
    const range = { from: NOON + 47 * 1e6, to: NOON + 87 * 1e6 };
    for (const asked of ['cold', 'warm']) {
      const [found] = await withSnapshot(
        test.store.readPool,
        signal,
        { path: 'ordered', timeoutMs: 0 },
        (snapshot) => {
          const ranges = snapshot.segments.map((segment) => ({ segment, ...range }));
          return reader.find(snapshot, ranges, requiredTokens(parseQuery('needle7', NOON)));
        },
      );
      const groups = found?.candidates.map(({ firstGroup }) => firstGroup) ?? [];
      expect([asked, ...groups]).toEqual(expect.arrayContaining([asked, 47, 67]));
      expect(groups.filter((group) => group < 47 || group >= 87)).toEqual([]);
      expect(found?.events).toBe(40 * 500);
      await reader.settled();
    }
  });

  it('answers the same however much is loaded', async () => {
    const gate = new EventEmitter();
    // Each statement of the load waits until the test lets it go.
    const pool = interceptQueries(test.store.readPool, async (query) => {
      const go = once(gate, 'go');
      gate.emit('asked');
      await go;
      return query();
    });
    const reader = createSkipIndexReader(pool, {
      maxBytes: 64 * 1024 * 1024,
      inlineBytes: 0,
      portionBytes: 1_000,
      onLoadFailed: (error) => {
        throw error;
      },
    });
    const find = () =>
      withSnapshot(test.store.readPool, signal, { path: 'ordered', timeoutMs: 0 }, (snapshot) =>
        reader.find(snapshot, wholeSegments(snapshot), requiredTokens(parseQuery('needle7', NOON))),
      );
    let asked = once(gate, 'asked');
    const cold = await find();
    const loaded = reader.settled().then(() => true);
    let statements = 0;
    while (!(await Promise.race([asked.then(() => false), loaded]))) {
      statements++;
      expect(await find()).toEqual(cold);
      asked = once(gate, 'asked');
      gate.emit('go');
    }
    // The list of all, and several portions.
    expect(statements).toBeGreaterThan(2);
    expect(await find()).toEqual(cold);
  }, 60_000);

  it('has loaded what fits before anybody asks, the newest segments first', async () => {
    const [sizes] = await test.query(
      'SELECT sum(octet_length(bits))::int AS bytes FROM skip_filter WHERE segment_id = 1',
    );
    const bytes = sizes?.['bytes'] as number;
    const [newest] = await test.query(
      'INSERT INTO skip_filter (commit_seq, segment_id, first_group, last_group, events, min_ts, max_ts, bits) ' +
        `SELECT nextval('commit_seq'), 2, 1000, 1000, 500, '2026-03-11', '2026-03-11', bits FROM skip_filter LIMIT 1 ` +
        'RETURNING octet_length(bits) AS bytes, commit_seq',
    );
    const all = bytes + (newest?.['bytes'] as number);
    for (const [maxBytes, inPostgres] of [
      [all, []],
      [all - 1, [1]],
    ] as const) {
      const reader = createSkipIndexReader(test.store.readPool, {
        maxBytes,
        inlineBytes: 0,
        followMs: 60_000,
        onLoadFailed: (error) => {
          throw error;
        },
      });
      await reader.settled();
      const asked: unknown[] = [];
      await withSnapshot(
        test.store.readPool,
        signal,
        { path: 'ordered', timeoutMs: 0 },
        (snapshot) => {
          const watched: Snapshot = {
            ...snapshot,
            rows: (sql, values) => {
              if (sql.includes('get_byte')) asked.push(...(values?.[0] as number[]));
              return snapshot.rows(sql, values);
            },
          };
          const wanted = requiredTokens(parseQuery('needle7', NOON));
          return reader.find(watched, wholeSegments(snapshot), wanted);
        },
      );
      expect(asked).toEqual(inPostgres);
      await reader.settled();
    }
    await test.query('DELETE FROM skip_filter WHERE segment_id = 2');
  }, 60_000);

  it('asks Postgres where memory does not suffice', async () => {
    const reader = createSkipIndexReader(test.store.readPool, {
      maxBytes: 1_000,
      inlineBytes: 0,
      onLoadFailed: () => undefined,
    });
    for (let round = 0; round < 2; round++) {
      const [found] = await withSnapshot(
        test.store.readPool,
        signal,
        { path: 'ordered', timeoutMs: 0 },
        (snapshot) =>
          reader.find(
            snapshot,
            wholeSegments(snapshot),
            requiredTokens(parseQuery('traceId:trace-11', NOON)),
          ),
      );
      await reader.settled();
      expect(found?.candidates.map(({ firstGroup }) => firstGroup)).toEqual(
        expect.arrayContaining([11, 900]),
      );
    }
  });

  it('probes in SQL as in memory', async () => {
    const rows = await test.query('SELECT first_group, bits FROM skip_filter ORDER BY first_group');
    for (const query of REQUIREMENTS) {
      const probe = toProbe(requiredTokens(parseQuery(query, NOON)));
      const hits = await test.query(
        `SELECT first_group FROM skip_filter WHERE ${probeSql(probe)} ORDER BY first_group`,
      );
      expect(hits.map((row) => row['first_group'])).toEqual(
        rows
          .filter((row) => mayFulfil(probe, row['bits'] as Buffer))
          .map((row) => row['first_group']),
      );
    }
  });

  it('reads overlapping candidates as one', () => {
    const at = (firstGroup: number, lastGroup: number, ts: number) => ({
      firstGroup,
      lastGroup,
      events: 10,
      minTs: ts,
      maxTs: ts + 5,
    });
    expect(mergeCandidates([at(7, 9, 100), at(1, 4, 50), at(3, 3, 10), at(5, 5, 0)])).toEqual([
      { firstGroup: 1, lastGroup: 4, events: 20, minTs: 10, maxTs: 55 },
      at(5, 5, 0),
      at(7, 9, 100),
    ]);
  });
});
