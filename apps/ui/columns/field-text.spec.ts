import { describe, expect, it } from '@jest/globals';
import type { LogHit } from '../api/log-hit.ts';
import { fieldText } from './field-text.ts';

const HIT: LogHit = {
  id: '1-0',
  timestamp: '2023-09-15T08:00:00.000000Z',
  level: 'info',
  message: 'Started',
  resourceId: 'api-1',
  metadata: { http: { status: 200 }, 'flat.key': 'x', tags: ['a', 'b'], none: null },
};

describe('fieldText', () => {
  it.each([
    ['source', 'api-1'],
    ['service', ''],
    ['level', 'info'],
    ['metadata.http.status', '200'],
    ['metadata.flat.key', 'x'],
    ['metadata.tags', '["a","b"]'],
    ['metadata.none', ''],
    ['metadata.http.toString', ''],
    ['metadata.missing', ''],
  ])('of %s is %j', (name, text) => {
    expect(fieldText(HIT, name)).toBe(text);
  });

  it('prefers the service as the source', () => {
    expect(fieldText({ ...HIT, service: 'api' }, 'source')).toBe('api');
  });
});
