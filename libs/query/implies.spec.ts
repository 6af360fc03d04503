import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseQuery } from './parse-query.ts';
import { toPredicate } from './predicate/to-predicate.ts';
import { QuerySyntaxError } from './syntax-error.ts';
import { anyEvent, anyQuery } from './testing/arbitraries.ts';
import { implies } from './implies.ts';

describe('implies', () => {
  it.each([
    ['disk', ''],
    ['disk level:error', 'level:>=warn'],
    ['disk level:>=warn', 'level:>=warn'],
    ['disk (level:error OR level:fatal)', 'level:>=warn'],
    ['disk level:error', '-level:debug'],
    ['disk -level:debug', '-level:debug'],
    ['disk service:api', 'service:(api OR web)'],
    ['disk service:api', '-service:noisy'],
    ['disk service:api level:error', '-service:noisy level:>=warn'],
    ['disk level:error', 'level:>=warn OR service:auth'],
    ['disk metadata.region:eu', 'metadata.region:eu'],
    ['disk -traceId:*', '-traceId:*'],
  ])('%s implies %s', (query, match) => {
    expect(implies(parseQuery(query), parseQuery(match))).toBe(true);
  });

  it.each([
    ['disk', 'level:>=warn'],
    ['disk level:info', 'level:>=warn'],
    ['disk -level:error', 'level:>=warn'],
    ['disk level:error OR full', 'level:>=warn'],
    ['disk', '-service:noisy'],
    ['disk service:noisy', '-service:noisy'],
    ['disk service:a*', 'service:(api OR web)'],
    ['disk level:error', 'level:>=warn service:auth'],
    ['disk OR metadata.region:eu', 'metadata.region:eu'],
  ])('%s does not imply %s', (query, match) => {
    expect(implies(parseQuery(query), parseQuery(match))).toBe(false);
  });

  const parses = (text: string): boolean => {
    try {
      parseQuery(text);
      return true;
    } catch (error) {
      if (error instanceof QuerySyntaxError) return false;
      throw error;
    }
  };
  const anyMatch = fc.oneof(
    fc.constantFrom('level:>=warn', '-level:info', 'level:(debug OR info)', '-service:api', '*'),
    anyQuery.filter(parses),
  );

  it('holds for every event', () => {
    let implied = 0;
    fc.assert(
      fc.property(anyEvent, anyQuery.filter(parses), anyMatch, (event, a, b) => {
        for (const [text, matchText] of [
          [a, b],
          [`${a} (${b})`, b],
          [`(${b})`, `${a} OR (${b})`],
        ] as const) {
          const [query, match] = [parseQuery(text), parseQuery(matchText)];
          if (!implies(query, match)) continue;
          implied++;
          expect(toPredicate(query)(event) && !toPredicate(match)(event)).toBe(false);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(implied).toBeGreaterThan(300);
  });
});
