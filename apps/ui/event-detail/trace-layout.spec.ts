import { describe, expect, it } from '@jest/globals';
import type { LogHit } from '../api/log-hit.ts';
import { formatSpan, layOutTrace } from './trace-layout.ts';

const hit = (ms: number, service: string | null, spanId: string | null, more = {}): LogHit => ({
  id: `1-${ms.toString()}`,
  timestamp: `2023-09-15T08:00:00.${ms.toString().padStart(3, '0')}000Z`,
  level: 'info',
  message: '',
  service,
  spanId,
  ...more,
});

describe('the layout of a trace', () => {
  it('has a lane for each span of a service, in the order of their first events', () => {
    const layout = layOutTrace([
      hit(0, 'web', 'a'),
      hit(20, 'orders', 'b'),
      hit(60, 'orders', 'b'),
      hit(80, null, null),
      hit(100, 'web', 'a'),
    ]);
    expect(layout).toMatchObject({ services: 3, micros: 100_000, more: 0 });
    expect(
      layout.lanes.map(({ service, spanId, from, to, micros, marks }) => [
        service,
        spanId,
        from,
        to,
        micros,
        marks.length,
      ]),
    ).toEqual([
      ['web', 'a', 0, 100, 100_000, 2],
      ['orders', 'b', 20, 60, 40_000, 2],
      ['(no service)', null, 80, 80, 0, 1],
    ]);
  });

  it('of one event, and of none', () => {
    expect(layOutTrace([hit(5, 'web', null)]).lanes).toHaveLength(1);
    expect(layOutTrace([])).toMatchObject({ lanes: [], services: 0, micros: 0 });
  });

  it('thins out a lane and keeps its errors', () => {
    const many = Array.from({ length: 900 }, (_, at) => hit(at, 'web', 'a'));
    const layout = layOutTrace(many.with(451, hit(451, 'web', 'a', { level: 'error' })));
    const [lane] = layout.lanes;
    expect(lane!.marks.length).toBeLessThanOrEqual(200);
    expect(lane!.marks.some((mark) => mark.hit.level === 'error')).toBe(true);
  });

  it('bounds its lanes', () => {
    const many = Array.from({ length: 150 }, (_, at) => hit(at, 'web', at.toString()));
    expect(layOutTrace(many)).toMatchObject({ more: 50 });
  });
});

describe('formatSpan', () => {
  it.each([
    [0, '0 µs'],
    [999, '999 µs'],
    [1_500, '1.5 ms'],
    [229_100, '229 ms'],
    [1_500_000, '1.5 s'],
    [90_000_000, '1.5 min'],
  ])('of %d is %s', (micros, text) => {
    expect(formatSpan(micros)).toBe(text);
  });
});
