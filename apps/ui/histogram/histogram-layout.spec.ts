import { describe, expect, it } from '@jest/globals';
import { domainOf, layOut } from './histogram-layout.ts';
import { timeTicks } from './time-axis.ts';

const MINUTE = 60_000;
const START = Date.parse('2024-01-01T00:00:00Z');

const buckets = [
  { start: START, counts: { info: 90, error: 10 } },
  { start: START + 5 * MINUTE, counts: { fatal: 1 } },
];

describe('layOut', () => {
  const domain = { from: START, to: START + 10 * MINUTE };
  const layout = layOut(buckets, MINUTE, domain, 1_000, 80);

  it('places bars by time', () => {
    expect(layout.bars.map((bar) => Math.round(bar.x))).toEqual([0, 500]);
    expect(layout.max).toBe(100);
  });

  it('stacks the worst level on the axis', () => {
    const paths = new Map(layout.paths.map((path) => [path.level, path.d]));
    expect(paths.get('error')).toBe('M0.00 72.00h99.00v8.00h-99.00z');
    expect(paths.get('info')).toBe('M0.00 0.00h99.00v72.00h-99.00z');
  });

  it('never hides a bucket that holds something', () => {
    expect(layout.paths.find((path) => path.level === 'fatal')?.d).toContain('v2.00');
    const narrow = layOut(buckets, MINUTE, { from: 0, to: START * 2 }, 1_000, 80);
    expect(Math.min(...narrow.bars.map((bar) => bar.width))).toBe(2);
  });
});

describe('domainOf', () => {
  it('spans the range where it is closed and the buckets where it is open', () => {
    expect(domainOf(buckets, MINUTE, null, null)).toEqual({ from: START, to: START + 6 * MINUTE });
    expect(domainOf(buckets, MINUTE, START - MINUTE, null).from).toBe(START - MINUTE);
  });
});

describe('timeTicks', () => {
  it.each([
    [10 * MINUTE, '00:02'],
    [24 * 60 * MINUTE, '03:00'],
    [30 * 24 * 60 * MINUTE, '2024-01-08'],
    [18 * 365 * 24 * 60 * MINUTE, '2030'],
  ])('marks round moments of %d ms', (span, label) => {
    const ticks = timeTicks({ from: START, to: START + span }, 1_000, 'utc');
    expect(ticks.map((tick) => tick.label)).toContain(label);
    expect(ticks.length).toBeLessThanOrEqual(10);
  });
});
