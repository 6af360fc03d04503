import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { describeJsonError, findJsonError } from './json-error.ts';

test.each<[string, string]>([
  ['', 'at line 1, column 1, expected a value but found the end'],
  ['xyz', 'at line 1, column 1, expected a value but found "x"'],
  ['{"a":1', 'at line 1, column 7, expected "," or "}" but found the end'],
  ['{"a" 1}', 'at line 1, column 6, expected ":" but found "1"'],
  ['{a:1}', 'at line 1, column 2, expected a key in double quotes or "}" but found "a"'],
  ['{"a":1,}', 'at line 1, column 8, expected a key in double quotes but found "}"'],
  ['[1,]', 'at line 1, column 4, expected a value but found "]"'],
  ['[1 2]', 'at line 1, column 4, expected "," or "]" but found "2"'],
  ['[', 'at line 1, column 2, expected a value or "]" but found the end'],
  ['{} {}', 'at line 1, column 4, expected the end but found "{"'],
  ["{'a':1}", 'at line 1, column 2, expected a key in double quotes or "}" but found "\'"'],
  ['{"a":01}', 'at line 1, column 7, expected "," or "}" but found "1"'],
  ['{"a":-}', 'at line 1, column 6, expected a value but found "-"'],
  ['{"a":True}', 'at line 1, column 6, expected a value but found "T"'],
  ['"abc', 'at line 1, column 5, expected a closing double quote but found the end'],
  ['"a\\x"', 'at line 1, column 4, expected an escape sequence of JSON but found "x"'],
  [
    '"a\tb"',
    'at line 1, column 3, expected an escape such as \\n for the control character but found "\\t"',
  ],
  ['{\n  "message": "x"\n  "a": 1\n}', 'at line 3, column 3, expected "," or "}" but found "\\""'],
  ['{"ü": \u{1F600}}', 'at line 1, column 7, expected a value but found "\u{1F600}"'],
])('%j: %s', (text, expected) => {
  expect(describeJsonError(text)).toBe(expected);
});

test('finds an error in exactly the texts that JSON.parse refuses', () => {
  const pieces = fc.constantFrom(
    ...['{', '}', '[', ']', ',', ':', '"', '"a"', '\\', '\\u00e9', ' ', '\n', '\u0001', '\u00a0'],
    ...[
      'true',
      'null',
      'nul',
      '-',
      '0',
      '12',
      '.',
      '5',
      'e',
      'E+',
      '1e5',
      '{"a":',
      '[1,',
      '{}',
      '[]',
    ],
  );
  const almostJson = fc
    .tuple(fc.json(), fc.nat(), fc.nat(3), pieces)
    .map(([json, at, gone, piece]) => {
      const cut = at % (json.length + 1);
      return json.slice(0, cut) + piece + json.slice(cut + gone);
    });
  const texts = fc.oneof(
    fc.json(),
    almostJson,
    fc.array(pieces, { maxLength: 8 }).map((list) => list.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect(findJsonError(text) === null).toBe(isJson(text));
    }),
    { numRuns: 3_000 },
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('deep nesting does not overflow the stack', () => {
  expect(findJsonError('['.repeat(500_000))?.offset).toBe(500_000);
});
