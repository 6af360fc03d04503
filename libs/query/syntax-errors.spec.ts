import { describe, expect, it } from '@jest/globals';
import { QUERY_LIMITS } from './limits.ts';
import { parseQuery } from './parse-query.ts';
import { QuerySyntaxError } from './syntax-error.ts';
import { TIME_FORMS } from './time.ts';

const LEVEL_NAMES = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
const VALUE_FORMS = ['a value', 'a comparison', 'a range', 'a /pattern/', '( with values )'];
const PATTERN = ['a regular expression in RE2 syntax'];
const APART = ['a space before it', 'quotes around the whole value'];

function errorOf(text: string): QuerySyntaxError {
  try {
    parseQuery(text, 0);
  } catch (error) {
    if (error instanceof QuerySyntaxError) return error;
    throw error;
  }
  throw new Error(`${text} has no error`);
}

describe('a syntax error', () => {
  it.each<[string, number, number, string[]]>([
    ['a "b', 3, 2, ['a closing "']],
    ['"', 1, 1, ['a closing "']],
    ['service:"web api', 9, 8, ['a closing "']],
    ['x:>"a', 4, 2, ['a closing "']],
    ['x:/abc def', 3, 8, ['a closing /']],
    ['a (b', 5, 0, [')']],
    ['((a) b', 7, 0, [')']],
    ['x:(a OR b', 10, 0, [')']],
    ['a )', 3, 1, ['a ( before it']],
    ['x:a) b', 4, 1, ['a ( before it']],
    ['()', 2, 1, ['a term']],
    ['a (', 4, 0, ['a term']],
    ['x:()', 4, 1, ['a term']],
    ['service:', 9, 0, VALUE_FORMS],
    ['(service:) a', 10, 1, VALUE_FORMS],
    ['service: AND b', 10, 3, ['a value', 'quotes around the word']],
    ['a AND', 6, 0, ['a term']],
    ['a AND AND b', 7, 3, ['a term']],
    ['AND', 1, 3, ['a term']],
    ['OR a', 1, 2, ['a term']],
    ['a OR', 5, 0, ['a term']],
    ['(a OR) b', 6, 1, ['a term']],
    ['x:(a OR )', 9, 1, ['a term']],
    ['NOT', 4, 0, ['a term']],
    ['a NOT', 6, 0, ['a term']],
    ['a -', 4, 0, ['a term']],
    ['x:(-)', 5, 1, ['a term']],
    [':x', 1, 1, ['a field name']],
    ['\\', 1, 1, ['a character after it']],
    ['x:[', 4, 0, ['a value', '*']],
    ['x:{TO b}', 4, 2, ['a value', '*']],
    ['x:[a b]', 6, 2, ['TO']],
    ['x:[a TO', 8, 0, ['a value', '*']],
    ['x:[a TO b', 10, 0, [']', '}']],
    ['x:{a TO b c]', 11, 2, [']', '}']],
    ['x:>', 4, 0, ['a value']],
    ['x:<=)', 5, 1, ['a value']],
    ['level:>= ', 10, 0, ['a value']],
    ['level:>=loud', 9, 4, LEVEL_NAMES],
    ['level:[warn TO loud]', 16, 4, LEVEL_NAMES],
    ['level:loud', 7, 4, LEVEL_NAMES],
    ['timestamp:yesterday', 11, 9, [TIME_FORMS]],
    ['timestamp:>2023-13-01T00:00:00Z', 12, 20, [TIME_FORMS]],
    ['timestamp:[2023-09-10 TO soon]', 26, 4, [TIME_FORMS]],
    ['timestamp:/x/', 11, 3, ['a time', 'a range']],
    ['message:>a', 9, 2, ['a word', 'a phrase in quotes']],
    ['message:/(a/', 9, 4, PATTERN],
    ['message:/a(?=b)/', 9, 8, PATTERN],
    ['message:/(a)\\1/', 9, 7, PATTERN],
    ['message:/a**/', 9, 5, PATTERN],
    ['message://', 9, 2, ['a regular expression']],
    ['"a"b', 4, 1, APART],
    ['path:/api/users', 11, 5, APART],
  ])(
    '%s is at column %i, %i long, and says what was expected',
    (text, column, length, expected) => {
      expect(errorOf(text)).toMatchObject({ column, length, expected });
    },
  );

  it.each([
    ['level:loud', 'expected trace, debug, info, warn, error, or fatal'],
    ['timestamp:/x/', 'expected a time or a range'],
    ['(a', 'expected )'],
  ])('%s reads: %s', (text, sentence) => {
    expect(errorOf(text).message.endsWith(`; ${sentence}`)).toBe(true);
  });

  it('gives the reason of RE2 for a pattern that is none', () => {
    expect(errorOf('message:/(a/').message).toContain('missing closing ): `(a`');
  });

  it('bounds the text, the depth and the number of terms', () => {
    expect(errorOf('ö'.repeat(QUERY_LIMITS.textBytes / 2 + 1)).expected).toEqual([
      'at most 8192 bytes',
    ]);
    expect(errorOf('('.repeat(101) + 'a' + ')'.repeat(101)).column).toBe(101);
    expect(errorOf('a '.repeat(QUERY_LIMITS.terms + 1)).column).toBe(2 * QUERY_LIMITS.terms + 1);
  });

  it('is not thrown at the bounds', () => {
    expect(parseQuery('x'.repeat(QUERY_LIMITS.textBytes)).kind).toBe('phrase');
    expect(parseQuery('('.repeat(100) + 'a' + ')'.repeat(100)).kind).toBe('phrase');
    expect(parseQuery('a '.repeat(QUERY_LIMITS.terms)).kind).toBe('and');
    expect(parseQuery('-'.repeat(QUERY_LIMITS.textBytes - 2) + 'a').kind).toBe('phrase');
  });
});
