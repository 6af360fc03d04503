import { describe, expect, it } from '@jest/globals';
import { MICROS_PER_DAY } from '#event';
import { parseQuery } from '#query';
import { retentionPolicy } from './retention-policy.ts';

const DAY_MS = 86_400_000;

describe('retentionPolicy', () => {
  it('keeps everything for ever by default', () => {
    expect(retentionPolicy({ retention: [], retentionDefault: null })).toEqual({
      rules: [],
      keep: null,
    });
  });

  it('makes a query of each rule, in order', () => {
    const policy = retentionPolicy({
      retention: [
        { field: 'level', value: 'debug', keepMs: 3 * DAY_MS },
        { field: 'service', value: 'a*"b\\', keepMs: 90 * DAY_MS },
      ],
      retentionDefault: 30 * DAY_MS,
    });
    expect(policy).toEqual({
      rules: [
        { match: parseQuery('level:debug'), keep: 3 * MICROS_PER_DAY },
        { match: parseQuery('service:"a\\*\\"b\\\\"'), keep: 90 * MICROS_PER_DAY },
      ],
      keep: 30 * MICROS_PER_DAY,
    });
  });
});
