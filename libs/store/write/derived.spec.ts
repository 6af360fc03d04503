import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { forEachToken, LEVELS, MICROS_PER_DAY, MICROS_PER_SECOND, type LogEvent } from '#event';
import { mayContain } from '../skip-index/bloom-filter.ts';
import { buildBatch, buildEvent, NOON } from '../testing/events.ts';
import { openTestStore, type TestStore } from '../testing/open-test-store.ts';

const signal = new AbortController().signal;

describe('what a group derives from its events', () => {
  let db: TestStore;
  beforeAll(async () => {
    db = await openTestStore();
  });
  afterAll(() => db.close());

  const event = fc
    .record({
      timestamp: fc
        .integer({ min: 0, max: 150 * 60 })
        .map((second) => NOON - second * MICROS_PER_SECOND),
      level: fc.constantFrom(...LEVELS),
      service: fc.constantFrom('a', 'b', '', null),
      resourceId: fc.constantFrom('r1', 'r2', null),
    })
    .map(buildEvent);
  // Few kinds of events, many times: sometimes under a quarter of the keys, sometimes over it.
  const group = fc
    .tuple(fc.array(event, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 12 }))
    .map(([kinds, times]) => Array.from({ length: times }, () => kinds).flat());

  test('rollups equal a GROUP BY of the events, or are left to the job', async () => {
    const seen = { minute: new Set<unknown>(), hour: new Set<unknown>() };
    await fc.assert(
      fc.asyncProperty(group, async (events) => {
        await db.query('TRUNCATE rollup_minute, rollup_hour');
        const { groupSeq } = await db.store.writer.commit([buildBatch(events)], signal);
        const [flags] = await db.query(
          'SELECT events, minute_rollup, hour_rollup FROM log_group WHERE group_seq = $1',
          [groupSeq],
        );
        expect(flags!['events']).toBe(events.length);
        const minutes = await db.query(MINUTES_OF_EVENTS, [groupSeq]);
        const hours = await db.query(HOURS_OF_EVENTS, [groupSeq]);
        expect(flags).toMatchObject({
          minute_rollup: minutes.length <= events.length / 4,
          hour_rollup: hours.length <= events.length / 4,
        });
        expect(await db.query(MINUTES)).toEqual(flags!['minute_rollup'] === true ? minutes : []);
        expect(await db.query(HOURS)).toEqual(flags!['hour_rollup'] === true ? hours : []);
        seen.minute.add(flags!['minute_rollup']);
        seen.hour.add(flags!['hour_rollup']);
      }),
      { numRuns: 60 },
    );
    expect(seen).toEqual({ minute: new Set([true, false]), hour: new Set([true, false]) });
  }, 30_000);

  test('a large part has a filter with every token, a small one is noted for the job', async () => {
    const today = Array.from({ length: 700 }, (_, i) => tokenEvent(i, NOON));
    const yesterday = Array.from({ length: 30 }, (_, i) => tokenEvent(i, NOON - MICROS_PER_DAY));
    const { groupSeq } = await db.store.writer.commit(
      [buildBatch([...today, ...yesterday])],
      signal,
    );
    const [filter, ...none] = await db.query(
      `SELECT relation, first_group = last_group AS one, events, bits,
              (extract(epoch FROM max_ts - min_ts) * 1000000)::int AS length, commit_seq::int
         FROM skip_filter JOIN segment ON segment.id = segment_id WHERE first_group = $1`,
      [groupSeq],
    );
    expect(none).toEqual([]);
    expect(filter).toMatchObject({
      relation: 'log_event_20260310',
      one: true,
      events: 700,
      length: 699,
    });
    for (const each of today) {
      forEachToken(each, (token) => {
        expect(mayContain(filter!['bits'] as Buffer, token)).toBe(true);
      });
    }
    const parts = await db.query(
      `SELECT relation, events, min_ts <= max_ts AS ordered
         FROM group_part JOIN segment ON segment.id = segment_id WHERE group_seq = $1`,
      [groupSeq],
    );
    expect(parts).toEqual([{ relation: 'log_event_20260309', events: 30, ordered: true }]);
    // A reader asks for the filters behind the last number that it has seen.
    const [numbers] = await db.query('SELECT commit_seq::int FROM log_group WHERE group_seq = $1', [
      groupSeq,
    ]);
    expect(Number(filter!['commit_seq'])).toBeLessThan(Number(numbers!['commit_seq']));
  });

  test('a group in a busy minute costs few rows', async () => {
    await db.query('TRUNCATE rollup_minute, rollup_hour');
    const events = Array.from({ length: 1_000 }, (_, i) =>
      buildEvent({ timestamp: NOON + i, resourceId: `server-${i % 200}` }),
    );
    await db.store.writer.commit([buildBatch(events)], signal);
    expect(await db.query('SELECT events::int FROM rollup_minute')).toEqual([{ events: 1_000 }]);
    expect(await db.query('SELECT count(*)::int FROM rollup_hour')).toEqual([{ count: 200 }]);
  });
});

function tokenEvent(i: number, noon: number): LogEvent {
  return buildEvent({
    timestamp: noon + i,
    message: `Request ${i} for Käse-${i} failed`,
    traceId: `trace-${i}`,
    spanId: `span-${i % 7}`,
    commit: 'c0ffee',
    parentResourceId: i % 2 === 0 ? null : `parent-${i % 50}`,
  });
}

const MINUTES_OF_EVENTS = `
SELECT date_trunc('minute', ts) AS minute, level, service, count(*)::int AS events
  FROM log_event WHERE group_seq = $1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
const MINUTES =
  'SELECT minute, level, service, events::int FROM rollup_minute ORDER BY minute, level, service';
const HOURS_OF_EVENTS = `
SELECT date_trunc('hour', ts) AS hour, service, resource_id, level, count(*)::int AS events
  FROM log_event WHERE group_seq = $1 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`;
const HOURS = `
SELECT hour, service, resource_id, level, events::int FROM rollup_hour
 ORDER BY hour, service, resource_id, level`;
