import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { prettyJson } from './pretty-json.ts';

describe('prettyJson', () => {
  it('indents and keeps the digits of numbers', () => {
    expect(prettyJson('{"a":12345678901234567890,"b":[1, {"c":"x,{}"}],"d":{},"e":[]}')).toBe(
      [
        '{',
        '  "a": 12345678901234567890,',
        '  "b": [',
        '    1,',
        '    {',
        '      "c": "x,{}"',
        '    }',
        '  ],',
        '  "d": {},',
        '  "e": []',
        '}',
      ].join('\n'),
    );
  });

  it('writes what JSON.stringify writes', () => {
    const container = fc.oneof(
      fc.array(fc.jsonValue()),
      fc.dictionary(fc.string(), fc.jsonValue()),
    );
    fc.assert(
      fc.property(container, (value) => {
        const text = JSON.stringify(value);
        expect(prettyJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
      }),
    );
  });

  it.each(['text', '"text"', '12', '{"a":', '[1] and more', `${'['.repeat(60)}${']'.repeat(60)}`])(
    'leaves %s as it is',
    (text) => {
      expect(prettyJson(text)).toBeNull();
    },
  );
});
