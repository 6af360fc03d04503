import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MICROS_PER_SECOND, type StoredEvent } from '#event';
import { buildEvent, TEST_TIME } from '../../query/testing/build-event.ts';
import { PatternTally } from './pattern-tally.ts';

const at = (seconds: number, message: string, more: Partial<StoredEvent> = {}): StoredEvent => ({
  ...buildEvent({ message, timestamp: TEST_TIME + seconds * MICROS_PER_SECOND }),
  groupSeq: 1,
  ordinal: seconds,
  ...more,
});

describe('a tally of patterns', () => {
  it('counts messages that differ in numbers together, with the newest as the example', () => {
    const tally = new PatternTally();
    tally.add(at(9, 'order 3 failed'));
    tally.add(at(5, 'order 2 failed', { level: 'error' }));
    tally.add(at(4, 'stopped'));
    tally.add(at(0, 'order 1 failed'));
    expect(tally.most(10)).toEqual([
      {
        template: 'order <*> failed',
        count: 3,
        levels: { info: 2, error: 1 },
        example: { id: '1-9', message: 'order 3 failed' },
        firstSeen: TEST_TIME,
        lastSeen: TEST_TIME + 9 * MICROS_PER_SECOND,
        counts: [1, 0, 0, 0, 0, 1, 0, 0, 0, 1],
      },
      expect.objectContaining({ template: 'stopped', count: 1 }),
    ]);
    expect(tally.most(1)).toHaveLength(1);
    expect(tally.start).toBe(TEST_TIME);
  });

  it('keeps every count while slots become wider', () => {
    const seconds = fc.array(fc.integer({ min: -5_000_000, max: 5_000_000 }), { minLength: 1 });
    fc.assert(
      fc.property(seconds, (times) => {
        const tally = new PatternTally();
        for (const time of times) tally.add(at(time, 'x'));
        const [pattern] = tally.most(1);
        expect(pattern?.counts.length).toBeLessThanOrEqual(60);
        expect(pattern?.counts.reduce((sum, count) => sum + count, 0)).toBe(times.length);
        const first = Math.min(...times) * MICROS_PER_SECOND + TEST_TIME;
        expect(tally.start).toBeLessThanOrEqual(first);
        expect(tally.start! + tally.slotWidth).toBeGreaterThan(first);
      }),
    );
  });

  it('bounds its templates and says how many events are in none', () => {
    const tally = new PatternTally();
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    for (let each = 0; each < 10_500; each++) {
      const [a, b, c] = [each % 26, Math.floor(each / 26) % 26, Math.floor(each / 676)];
      tally.add(at(0, `${letters[a]}${letters[b]}${letters[c]}`));
    }
    expect(tally.templates).toBe(10_000);
    expect(tally.others).toBe(500);
    expect(tally.events).toBe(10_500);
  });
});
