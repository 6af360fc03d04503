import { describe, expect, it } from '@jest/globals';
import { MICROS_PER_DAY } from '#event';
import { parseQuery } from '#query';
import type { Segment } from '#store';
import { stretchesOf } from './stretches.ts';
import { createPlan, explainStep } from './planner.ts';
import type { Selection } from './search-service.ts';

const DAY = MICROS_PER_DAY;

/** Days 0 to 4, given out of order. */
const SEGMENTS: readonly Segment[] = [3, 0, 4, 1, 2].map((day) => ({
  id: day + 1,
  engine: 'rows',
  relation: `log_event_${day}`,
  start: day * DAY,
  end: (day + 1) * DAY,
}));

function selection(query: string, from: number | null = null, to: number | null = null): Selection {
  return { query: parseQuery(query, 0), from, to };
}

function relations(asked: Selection, order: 'asc' | 'desc' = 'desc'): string[] {
  return createPlan(asked, order, SEGMENTS).steps.map((step) => step.segment.relation);
}

describe('createPlan', () => {
  it('reads segments by name in the order of the answer', () => {
    expect(relations(selection(''))).toEqual([4, 3, 2, 1, 0].map((day) => `log_event_${day}`));
    expect(relations(selection(''), 'asc')).toEqual(
      [0, 1, 2, 3, 4].map((day) => `log_event_${day}`),
    );
  });

  it('leaves out what the range does not touch, and cuts the rest to it', () => {
    const plan = createPlan(selection('', DAY, 2 * DAY + 5), 'asc', SEGMENTS);
    expect(plan.steps.map(({ from, to }) => [from, to])).toEqual([
      [DAY, 2 * DAY],
      [2 * DAY, 2 * DAY + 5],
    ]);
    expect(relations(selection('', 3 * DAY, 3 * DAY))).toEqual([]);
  });

  it('narrows the range by the times that the query demands', () => {
    const day2 = 'timestamp:[1970-01-03T00:00:00Z TO 1970-01-03T12:00:00Z]';
    expect(relations(selection(`${day2} disk`))).toEqual(['log_event_2']);
    expect(relations(selection(`${day2} OR timestamp:>=1970-01-05T00:00:00Z`))).toEqual([
      'log_event_4',
      'log_event_3',
      'log_event_2',
    ]);
    expect(relations(selection(`NOT ${day2}`))).toHaveLength(5);
    expect(relations(selection(`${day2} timestamp:<1970-01-02T00:00:00Z`))).toEqual([]);
  });

  it.each([
    ['', 'order'],
    ['-disk', 'order'],
    ['message:"*isk*"', 'order'],
    ['disk', 'skip-index'],
    ['traceId:abc level:error', 'skip-index'],
    ['traceId:abc OR traceId:def', 'skip-index'],
    ['level:>=error', 'order'],
    ['level:error message:"*isk*"', 'order'],
    ['level:fatal', 'rollup-minutes'],
    ['level:>=warn', 'rollup-minutes'],
    ['-level:info', 'rollup-minutes'],
    ['level:error OR metadata.size:3', 'order'],
  ])('reads %p by %s', (query, access) => {
    const [step] = createPlan(selection(query), 'desc', SEGMENTS).steps;
    expect(step?.access).toBe(access);
  });

  it('has steps of the same range side by side, files and events that came late', () => {
    const [first, second] = SEGMENTS;
    const files = { ...first!, id: 9, engine: 'columnar' };
    const plan = createPlan(selection(''), 'desc', [first!, files, second!]);
    expect(plan.steps.map(({ engine, segment }) => [engine, segment.id])).toEqual([
      ['columnar', 9],
      ['postgres', first!.id],
      ['postgres', second!.id],
    ]);
    expect(stretchesOf(plan.steps).map((stretch) => stretch.length)).toEqual([2, 1]);
  });

  it('explains a step', () => {
    const plan = createPlan(selection('disk', DAY), 'asc', SEGMENTS);
    expect(explainStep(plan.steps[0]!)).toEqual({
      engine: 'postgres',
      segment: 'log_event_1',
      access: 'skip-index',
      from: '1970-01-02T00:00:00.000000Z',
      to: '1970-01-03T00:00:00.000000Z',
    });
  });
});
