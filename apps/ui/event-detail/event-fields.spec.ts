import { describe, expect, it } from '@jest/globals';
import { eventFields } from './event-fields.ts';

const hit = {
  id: '7-3',
  timestamp: '2023-09-15T08:00:00.000000Z',
  level: 'error',
  message: 'x',
  service: 'api',
  traceId: null,
  metadata: {
    http: { status: 500, 'weird key': 1 },
    tags: ['a', 'b'],
    nothing: null,
    empty: {},
  },
} as const;

describe('eventFields', () => {
  const fields = eventFields(hit);
  const named = (name: string): unknown[] => fields.filter((field) => field.name === name);

  it('flattens metadata to the paths of queries', () => {
    expect(named('metadata.http.status')).toEqual([
      { name: 'metadata.http.status', value: '500', filterable: true },
    ]);
    expect(named('metadata.tags')).toHaveLength(2);
  });

  it('leaves out what is absent', () => {
    expect(named('traceId')).toEqual([]);
    expect(named('metadata.nothing')).toEqual([]);
  });

  it('offers no filter that a query cannot spell', () => {
    expect(named('metadata.http.weird key')).toMatchObject([{ filterable: false }]);
    expect(named('metadata.empty')).toMatchObject([{ filterable: false }]);
    expect(named('id')).toMatchObject([{ filterable: false }]);
  });
});
