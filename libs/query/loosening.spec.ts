import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { listWords, rewriteForeign } from './loosening.ts';
import { parseQuery } from './parse-query.ts';

describe('the words of a query', () => {
  it.each([
    ['', []],
    ['failed', ['failed']],
    ['failed to "connect now" level:error', ['failed', 'to', '"connect now"']],
    ['NOT failed AND -"a b" x', ['NOT failed', '-"a b"', 'x']],
    ['a OR b', []],
    ['(a OR b) c', ['c']],
    ['a AND', []],
  ])('%s are %j', (text, words) => {
    expect(listWords(text).map((word) => word.text)).toEqual(words);
  });
});

describe('rewriteForeign', () => {
  it.each([
    ['level:error and service:orders', 'level:error AND service:orders'],
    ['level:error && !service:orders', 'level:error AND -service:orders'],
    ['a || b', 'a OR b'],
    ['! a', 'NOT a'],
    ['timeout not !retry', 'timeout NOT -retry'],
    ['level = error', 'level:error'],
    ['level=="error" status>=500', 'level:"error" status:>=500'],
    ['service != orders', '-service:orders'],
    ['_exists_:traceId', 'traceId:*'],
    ['LEVEL:error TraceID:a', 'level:error traceId:a'],
    ['\u201cfailed to connect\u201d', '"failed to connect"'],
    ['_stream:{app="shop"} error or !slow', 'app:shop error OR -slow'],
    ['{app="shop"} |= "a and b" | level = "error"', 'app:shop "a and b" level:error'],
  ])('%j is %j', (text, rewritten) => {
    expect(rewriteForeign(text)).toBe(rewritten);
  });

  it.each([
    '',
    'failed to connect',
    'level:error AND service:orders',
    'message:"a and b"',
    'Region:eu',
    'metadata.Level:x',
    'service.name:x',
    'and',
    'a or',
    '"level = error"',
    '{}',
    '{app="shop"} | stats count()',
  ])('leaves %j', (text) => {
    expect(rewriteForeign(text)).toBeNull();
  });

  it('gives queries, and what it gave it leaves', () => {
    const piece = fc.constantFrom(
      ...['a', 'and', 'or', 'not', '!', '&&', '||', '!b', 'x=1', 'y >= 2', 'LEVEL:error'],
      ...['_exists_:x', '(', ')', '"c d"', '\u201ce\u201d', '-'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const rewritten = rewriteForeign(pieces.join(' '));
        if (rewritten === null) return;
        expect(() => parseQuery(rewritten)).not.toThrow();
        expect(rewriteForeign(rewritten)).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });
});
