import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addFilter,
  addTerm,
  listFilters,
  negateFilter,
  removeFilter,
  setFilter,
} from './filters.ts';
import { parseQuery } from './parse-query.ts';
import { anyText } from './testing/arbitraries.ts';

describe('the filters of a query', () => {
  it.each([
    ['', []],
    ['failed', []],
    ['level:error', ['level is error']],
    ['level:error AND -source:"a b" failed', ['level is error', 'service is not a b']],
    ['NOT x.y:1 NOT NOT z:2', ['metadata.x.y is not 1', 'metadata.z is 2']],
    ['level:>=warn', ['level >=warn']],
    ['service:a*', ['service a*']],
    ['service:a OR service:b', []],
    ['(service:a) level:error', ['level is error']],
    ['level:error AND', []],
  ])('of %s are %j', (text, expected) => {
    const shown = listFilters(text).map(({ field, value, negated, text: written }) =>
      value === null ? `${field} ${written}` : `${field} is ${negated ? 'not ' : ''}${value}`,
    );
    expect(shown).toEqual(expected);
  });

  it.each([
    ['', 'level', 'error', false, 'level:error'],
    ['failed', 'service', 'web api', false, 'failed service:"web api"'],
    ['failed', 'service', 'auth', true, 'failed -service:auth'],
    ['a OR b', 'level', 'error', false, '(a OR b) level:error'],
    ['level:error', 'level', 'error', false, 'level:error'],
    ['level:error x', 'severity', 'error', true, 'x -level:error'],
    ['', 'metadata.a b', 'x', false, 'metadata.a\\ b:x'],
    ['', 'service', 'a*"\\', false, 'service:"a\\*\\"\\\\"'],
    ['', 'service', 'AND', false, 'service:"AND"'],
    ['', 'service', '', false, 'service:""'],
    ['', 'metadata.n', '-5', false, 'metadata.n:"-5"'],
  ])('%s with %s of %s (negated: %s) is %s', (text, field, value, negate, expected) => {
    expect(addFilter(text, field, value, negate)).toBe(expected);
  });

  it.each([
    ['level:error', ''],
    ['level:error AND a', 'a'],
    ['a AND level:error', 'a'],
    ['a level:error b', 'a b'],
    ['a AND -level:error AND b', 'a AND b'],
    ['NOT level:error AND (b OR c)', '(b OR c)'],
  ])('%s without its filter is %s', (text, expected) => {
    const [filter] = listFilters(text);
    expect(removeFilter(text, filter!)).toBe(expected);
  });

  it('are added so that they mean exactly the value', () => {
    fc.assert(
      fc.property(anyText, fc.boolean(), (value, negate) => {
        const text = addFilter('failed', 'service', value, negate);
        const term = {
          kind: 'equals',
          field: { kind: 'column', name: 'service' },
          value,
          ignoreCase: false,
        };
        expect(parseQuery(text)).toEqual({
          kind: 'and',
          operands: [
            { kind: 'phrase', words: ['failed'] },
            negate ? { kind: 'not', operand: term } : term,
          ],
        });
        expect(removeFilter(text, listFilters(text)[0]!)).toBe('failed');
      }),
    );
  });

  it.each([
    ['level:error a', '-level:error a'],
    ['a AND -service:x AND b', 'a AND service:x AND b'],
    ['NOT service:(a OR b)', 'service:(a OR b)'],
    ['NOT NOT z:2', '-z:2'],
  ])('%s with its first filter negated is %s', (text, expected) => {
    expect(negateFilter(text, listFilters(text)[0]!)).toBe(expected);
  });

  it.each([
    ['', 'level:>=warn', 'level:>=warn'],
    ['a', '-service:(x OR y)', 'a -service:(x OR y)'],
    ['a OR b', 'c:1', '(a OR b) c:1'],
  ])('%s with %s added is %s', (text, term, expected) => {
    expect(addTerm(text, term)).toBe(expected);
  });

  it.each([
    ['service:a', [['a']]],
    ['service:(a OR "b c")', [['a', 'b c']]],
    ['service:(a OR (b OR c))', [['a', 'b', 'c']]],
    ['service:(a OR b*)', [null]],
    ['service:(a AND b)', [null]],
    ['level:>=warn', [null]],
  ])('the values of %s are %j', (text, values) => {
    expect(listFilters(text).map((filter) => filter.values)).toEqual(values);
  });

  it.each([
    ['', ['a'], 'service:a'],
    ['x service:a', ['b'], 'x service:b'],
    ['service:a -service:c x', ['a', 'b c'], '-service:c x service:(a OR "b c")'],
    ['service:(a OR b) level:error', [], 'level:error'],
    ['x OR y', ['a'], '(x OR y) service:a'],
    ['-service:a -service:b x', ['a'], '-service:b x service:a'],
  ])('%s with the service set to %j is %s', (text, values, expected) => {
    expect(setFilter(text, 'source', values)).toBe(expected);
  });
});
