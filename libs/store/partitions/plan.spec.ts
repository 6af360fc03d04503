import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MICROS_PER_DAY, MICROS_PER_HOUR, parseTimestamp } from '#event';
import { DAY_WINDOW_DAYS, planPartitions, type Granularity, type TimeRange } from './plan.ts';
import { relationName } from './relation-name.ts';

const NOW = at('2026-11-24T10:30:00Z');

function at(text: string): number {
  return parseTimestamp(text)!;
}

function plan(needed: string[], existing: string[][] = [], granularity: Granularity = 'day') {
  const ranges = existing.map(([start, end]) => ({ start: at(start!), end: at(end!) }));
  return planPartitions(needed.map(at), ranges, NOW, granularity).map(relationName);
}

describe('planPartitions', () => {
  test('gives days within the window and for what is ahead', () => {
    expect(plan(['2026-11-24T10:00:00Z', '2026-11-25T09:00:00Z', '2026-10-20T00:00:00Z'])).toEqual([
      'log_event_20261020',
      'log_event_20261124',
      'log_event_20261125',
    ]);
  });

  test('gives one month for all older events of it, cut where the day window begins', () => {
    expect(
      plan(['2023-09-15T08:00:00Z', '2023-09-30T23:59:59.999999Z', '2026-10-19T23:59:59Z']),
    ).toEqual(['log_event_20230901_20231001', 'log_event_20261001_20261020']);
  });

  test('cuts a month around days that exist', () => {
    const day = ['2026-10-05T00:00:00Z', '2026-10-06T00:00:00Z'];
    expect(plan(['2026-10-05T12:00:00Z'], [day])).toEqual([]);
    expect(plan(['2026-10-01T00:00:00Z', '2026-10-10T00:00:00Z'], [day])).toEqual([
      'log_event_20261001_20261005',
      'log_event_20261006_20261020',
    ]);
  });

  test('gives hours from today on, and leaves today whole where its day exists', () => {
    const needed = ['2026-11-23T05:00:00Z', '2026-11-24T10:00:00Z', '2026-11-25T01:59:00Z'];
    expect(plan(needed, [], 'hour')).toEqual([
      'log_event_20261123',
      'log_event_2026112410_2026112411',
      'log_event_2026112501_2026112502',
    ]);
    const today = ['2026-11-24T00:00:00Z', '2026-11-25T00:00:00Z'];
    expect(plan(needed, [today], 'hour')).toEqual([
      'log_event_20261123',
      'log_event_2026112501_2026112502',
    ]);
  });

  test('fills a day around its hours when the setting returns to days', () => {
    const hour = ['2026-11-24T08:00:00Z', '2026-11-24T09:00:00Z'];
    expect(plan(['2026-11-24T10:00:00Z', '2026-11-24T01:00:00Z'], [hour])).toEqual([
      'log_event_20261124_2026112408',
      'log_event_2026112409_20261125',
    ]);
  });

  test('always covers what is needed, without overlap, at full hours, months outside the window', () => {
    const hours = fc.integer({ min: -60 * 24, max: 24 });
    const timestamps = fc.array(
      fc.oneof(
        hours.map((hour) => NOW + hour * MICROS_PER_HOUR),
        fc.integer({ min: 0, max: NOW + MICROS_PER_DAY }),
      ),
      { maxLength: 40 },
    );
    const granularity = fc.constantFrom<Granularity>('day', 'hour');
    fc.assert(
      fc.property(timestamps, timestamps, granularity, granularity, (first, then, before, now) => {
        // The ranges of an earlier time, with another setting, are what exists.
        const existing = planPartitions(first, [], NOW - 9 * MICROS_PER_DAY, before);
        const created = planPartitions(then, existing, NOW, now);
        expectSound([...existing, ...created], then);
        const windowStart =
          Math.floor(NOW / MICROS_PER_DAY) * MICROS_PER_DAY - DAY_WINDOW_DAYS * MICROS_PER_DAY;
        for (const range of created) {
          if (range.start < windowStart) expect(range.end).toBeLessThanOrEqual(windowStart);
          else expect(range.end - range.start).toBeLessThanOrEqual(MICROS_PER_DAY);
        }
      }),
    );
  });
});

function expectSound(ranges: readonly TimeRange[], needed: readonly number[]): void {
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  sorted.forEach((range, index) => {
    expect(range.start).toBeLessThan(range.end);
    expect(range.start % MICROS_PER_HOUR).toBe(0);
    const next = sorted[index + 1];
    if (next !== undefined) expect(range.end).toBeLessThanOrEqual(next.start);
  });
  expect(new Set(sorted.map(relationName)).size).toBe(sorted.length);
  for (const timestamp of needed) {
    expect(sorted.some(({ start, end }) => timestamp >= start && timestamp < end)).toBe(true);
  }
}
