import { describe, expect, it } from '@jest/globals';
import { TEST_TIME } from './testing/build-event.ts';
import { parseTime, TimeFormatError } from './time.ts';

const SECOND = 1_000_000;

describe('a time', () => {
  it.each([
    ['now', 0],
    ['-15m', -900],
    ['now-1h', -3600],
    ['now+30s', 30],
    ['-7d', -604_800],
    ['-2w', -1_209_600],
    ['2023-09-15T08:00:00Z', 0],
    ['2023-09-15T10:00:01+02:00', 1],
    ['2023-09-15', -28_800],
  ])('%s is %i s from now', (text, seconds) => {
    expect(parseTime(text, TEST_TIME)).toBe(TEST_TIME + seconds * SECOND);
  });

  it.each(['', 'soon', '-15', '15m5', '-1y', 'now-', '2023-02-30T00:00:00Z'])(
    'is not "%s"',
    (text) => {
      expect(() => parseTime(text, TEST_TIME)).toThrow(TimeFormatError);
    },
  );
});
