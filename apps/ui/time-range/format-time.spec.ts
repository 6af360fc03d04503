import { describe, expect, it } from '@jest/globals';
import { formatInstant, formatTimestamp } from './format-time.ts';

describe('formatTimestamp', () => {
  it('keeps milliseconds, or all six digits', () => {
    expect(formatTimestamp('2023-09-15T08:00:00.123456Z', 'utc')).toBe('2023-09-15 08:00:00.123');
    expect(formatTimestamp('2023-09-15T08:00:00.123456Z', 'utc', true)).toBe(
      '2023-09-15 08:00:00.123456',
    );
  });

  it('shows the wall clock of the zone', () => {
    const date = new Date('2023-09-15T08:00:00Z');
    const hours = date.getHours().toString().padStart(2, '0');
    expect(formatTimestamp('2023-09-15T08:00:00.000000Z', 'local')).toContain(` ${hours}:`);
  });
});

describe('formatInstant', () => {
  it('leaves out seconds that are 0', () => {
    expect(formatInstant(Date.parse('2023-09-15T08:00:00Z'), 'utc')).toBe('2023-09-15 08:00');
    expect(formatInstant(Date.parse('2023-09-15T08:00:09Z'), 'utc')).toBe('2023-09-15 08:00:09');
  });
});
