import { describe, expect, it } from '@jest/globals';
import {
  ALL_TIME,
  durationMs,
  parseBound,
  rangeLabel,
  resolveBound,
  shiftRange,
  zoomOut,
} from './time-range.ts';

const NOW = Date.parse('2024-05-01T12:00:00Z');

describe('parseBound', () => {
  it.each([
    ['', null],
    ['  now ', 'now'],
    ['-90m', '-90m'],
    ['90m', '-90m'],
    ['now-90m', '-90m'],
    ['2023-09-15', '2023-09-15T00:00:00.000Z'],
    ['2023-09-15 08:30', '2023-09-15T08:30:00.000Z'],
    ['2023-09-15T08:30:00.5+02:00', '2023-09-15T06:30:00.500Z'],
  ])('reads %j as %j', (text, bound) => {
    expect(parseBound(text, true)).toEqual({ ok: true, bound });
  });

  it.each(['yesterday', '2023-13-40', '-5 minutes', '12'])('refuses %j', (text) => {
    expect(parseBound(text, true)).toMatchObject({ ok: false });
  });
});

describe('resolveBound', () => {
  it('counts back from now', () => {
    expect(resolveBound('-15m', NOW)).toBe(NOW - 900_000);
    expect(resolveBound('now', NOW)).toBe(NOW);
    expect(resolveBound('now-15m', NOW)).toBe(NOW - 900_000);
    expect(resolveBound(null, NOW)).toBeNull();
  });

  it('knows what is no time', () => {
    expect(resolveBound('yesterday', NOW)).toBeNaN();
  });
});

describe('rangeLabel', () => {
  it.each([
    [{ from: null, to: null }, 'All time'],
    [{ from: '-15m', to: null }, 'Last 15 minutes'],
    [{ from: '-90m', to: 'now' }, 'Last 90 minutes'],
    [{ from: '2023-01-01T00:00:00Z', to: null }, '2023-01-01 – now'],
    [{ from: null, to: '2023-01-01T00:00:00Z' }, 'start – 2023-01-01'],
    [{ from: 'now-2h', to: null }, 'Last 2 hours'],
    [{ from: 'yesterday', to: null }, 'yesterday – now'],
  ])('calls %j %j', (range, label) => {
    expect(rangeLabel(range, (epochMs) => new Date(epochMs).toISOString().slice(0, 10))).toBe(
      label,
    );
  });
});

describe('zoomOut', () => {
  it('doubles the range around its middle', () => {
    expect(zoomOut({ from: '2024-01-01T10:00:00Z', to: '2024-01-01T12:00:00Z' }, NOW)).toEqual({
      from: '2024-01-01T09:00:00.000Z',
      to: '2024-01-01T13:00:00.000Z',
    });
  });

  it('opens the end when it reaches now', () => {
    expect(zoomOut({ from: '-1h', to: null }, NOW)).toEqual({
      from: '2024-05-01T10:30:00.000Z',
      to: null,
    });
  });
});

describe('durationMs', () => {
  it('reads intervals of the histogram', () => {
    expect(durationMs('10m')).toBe(600_000);
    expect(durationMs('1.5h')).toBeNull();
  });
});

describe('shiftRange', () => {
  const now = Date.parse('2023-09-15T12:00:00Z');

  it.each([
    [{ from: '-1h', to: null }, -1, '2023-09-15T10:00:00.000Z', '2023-09-15T11:00:00.000Z'],
    [
      { from: '2023-09-15T08:00:00Z', to: '2023-09-15T09:00:00Z' },
      1,
      '2023-09-15T09:00:00.000Z',
      '2023-09-15T10:00:00.000Z',
    ],
    [
      { from: '2023-09-15T10:30:00Z', to: '2023-09-15T11:30:00Z' },
      1,
      '2023-09-15T11:30:00.000Z',
      null,
    ],
  ] as const)('of %j by %d', (range, direction, from, to) => {
    expect(shiftRange(range, direction, now)).toEqual({ from, to });
  });

  it('knows no range beyond now, and none without a start', () => {
    expect(shiftRange({ from: '-1h', to: null }, 1, now)).toBeNull();
    expect(shiftRange(ALL_TIME, -1, now)).toBeNull();
    expect(shiftRange({ from: 'yesterday', to: null }, -1, now)).toBeNull();
    expect(zoomOut({ from: 'yesterday', to: null }, now)).toEqual(ALL_TIME);
  });
});
