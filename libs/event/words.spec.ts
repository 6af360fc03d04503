import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { fieldToken, forEachToken } from './tokens.ts';
import { words } from './words.ts';

test.each<[string, string[]]>([
  ['', []],
  [' - ', []],
  ['Failed to connect', ['failed', 'to', 'connect']],
  ['10.11.10.1:80', ['10', '11', '10', '1', '80']],
  ['foo_bar-baz', ['foo_bar', 'baz']],
  ['Größe ÄRGER', ['größe', 'ärger']],
  ['日本語 ログ', ['日本語', 'ログ']],
  ['x²→y', ['x²', 'y']],
  ['end\u{1F600}word', ['end', 'word']],
])('words of %j', (text, expected) => {
  expect(words(text)).toEqual(expected);
});

test('the shortcut for ASCII finds what the Unicode definition finds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
      expect(words(text)).toEqual(text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []);
    }),
  );
});

test('the tokens of an event are the words of its message and its field values', () => {
  const tokens: string[] = [];
  forEachToken(
    {
      message: 'Disk full',
      resourceId: 'Server-1',
      traceId: null,
      spanId: null,
      commit: null,
      service: 'api',
      parentResourceId: null,
    },
    (token) => tokens.push(token),
  );
  expect(tokens).toEqual(['disk', 'full', 'resourceId=Server-1', fieldToken('service', 'api')]);
});
