import { describe, expect, it } from '@jest/globals';
import { fromLogql } from './logql.ts';
import { parseQuery } from './parse-query.ts';

describe('a query of LogQL', () => {
  it.each([
    ['{app="shop"}', 'app:shop'],
    ['{app="shop", pod != "a b",}', 'app:shop -pod:"a b"'],
    ['{app=~"api|web", env!~"dev-.+", node=~".+"}', 'app:(api OR web) -env:/^(?:dev-.+)$/ node:*'],
    ['{app="shop", pod=""}', 'app:shop -pod:*'],
    ['{app="shop"} |= "timed out" != "retry"', 'app:shop "timed out" -"retry"'],
    ['{app="shop"} |~ `took \\d+/s` !~ "a.b"', 'app:shop message:/took \\d+\\/s/ -message:/a.b/'],
    ['{app="shop"} |= "say \\"hi\\" *"', 'app:shop "say \\"hi\\" \\*"'],
    ['{app="shop"} | json | status >= 500 | level="error"', 'app:shop status:>=500 level:error'],
    ['{app="shop"} |= "id = 5"', 'app:shop "id = 5"'],
    ['{app="shop"} |= "a" or "b" != "c" or "d"', 'app:shop ("a" OR "b") -("c" OR "d")'],
    ['{app="shop", pod=~".*"} |= ""', 'app:shop'],
    ['{app="caf\\u00e9"} | took > "1 s"', 'app:café took:>"1 s"'],
    ['{}', ''],
    ['_stream:{app="shop"} error timeout', 'app:shop error timeout'],
    ['{app="shop"} level:error', 'app:shop level:error'],
  ])('%s is %s', (text, written) => {
    const { terms, words } = fromLogql(text) ?? { terms: [], words: '' };
    expect([...terms, words].join(' ').trim()).toBe(written);
    expect(() => parseQuery(written)).not.toThrow();
  });

  it.each([
    '',
    'error',
    '{"level": "error"}',
    '{app="shop"',
    'sum(rate({app="shop"}[5m]))',
    '{app="shop"} | line_format "{{.x}}"',
    '{app="shop"} | stats count()',
    '{app="shop"}[5m]',
    '{app="shop"} != ip("10.0.0.0/8")',
    '{app="shop"} |= "a" error',
    '{app="shop"} | x > ""',
    '{app!~".*"}',
    '{app="\\x41"}',
  ])('%s is none that can be said here', (text) => {
    expect(fromLogql(text)).toBeNull();
  });
});
