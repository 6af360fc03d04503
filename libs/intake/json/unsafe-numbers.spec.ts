import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { parseJson } from './parse-json.ts';
import { mayHoldUnsafeNumber, quoteUnsafeNumbers } from './unsafe-numbers.ts';

test.each<[string, unknown]>([
  ['9007199254740991', 9_007_199_254_740_991],
  ['9007199254740992', 9_007_199_254_740_992],
  ['9007199254740993', '9007199254740993'],
  ['9007199254740994', '9007199254740994'],
  ['-9007199254740993', '-9007199254740993'],
  ['12345678901234567890', '12345678901234567890'],
  ['1e400', '1e400'],
  ['-1.5E+400', '-1.5E+400'],
  ['1e-400', '1e-400'],
  ['1e308', 1e308],
  ['1.7976931348623157e308', 1.7976931348623157e308],
  ['5e-324', 5e-324],
  ['1e20', 1e20],
  ['0.1', 0.1],
  ['-0.0000000000000000000001', -1e-22],
  ['1.0000000000000000000', 1],
  ['1.0000000000000000001', '1.0000000000000000001'],
  ['3.14159265358979323846', '3.14159265358979323846'],
  ['0.30000000000000004', 0.30000000000000004],
  ['0.0000000000000000000e999', 0],
])('%s is read as %p', (literal, value) => {
  expect(parseJson(`{"a":${literal}}`)).toEqual({ ok: true, value: { a: value } });
  expect(parseJson(`[[ -1,${literal} , 2]]`)).toEqual({ ok: true, value: [[-1, value, 2]] });
  expect(parseJson(literal)).toEqual({ ok: true, value });
});

test('digits in strings and keys stay as they are', () => {
  const value = {
    '12345678901234567890': ' 12345678901234567890,1e400',
    a: 'x\\" :1e400, \\\\',
    b: ['60b27bb2b479b33f25570e400aee45d', 'blk_-1608999687919862906'],
  };
  const json = JSON.stringify(value);
  expect(parseJson(json)).toEqual({ ok: true, value });
  expect(quoteUnsafeNumbers(json)).toBe(json);
});

test('ids and times in strings do not look like numbers', () => {
  expect(
    mayHoldUnsafeNumber(
      '{"t":"2023-09-15T08:00:00.123456Z","id":"60b27bb2b479b33f25570e400aee45d","b":"blk_-1608999687919862906","n":"12345678901234567890"}',
    ),
  ).toBe(false);
});

test.each(['{"a":12345678901234567890x}', '{12345678901234567890:1}', '[1e400 2]'])(
  'quoting does not mend %s',
  (text) => {
    expect(parseJson(text)).toEqual({ ok: false });
  },
);

test('a literal is lost if and only if its digits do not come back', () => {
  const literal = fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.stringMatching(/^(0|[1-9]\d{0,25})$/),
      fc.stringMatching(/^(\.\d{1,25})?$/),
      fc.stringMatching(/^([eE][+-]?\d{1,3})?$/),
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(literal), fc.nat(20), (literals, shift) => {
      const parsed = parseJson(`${' '.repeat(shift)}[${literals.join(',')}]`);
      expect(parsed.ok && (parsed.value as unknown[]).map(scaled)).toEqual(literals.map(scaled));
    }),
    { numRuns: 500 },
  );
});

/** A number or literal as an exact fraction-free whole number, by big integers. */
function scaled(value: unknown): string {
  const match = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(String(value))!;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits =
    BigInt(whole + fraction) * 10n ** BigInt(1_500 + Number(exponent) - fraction.length);
  return digits === 0n ? '0' : `${sign}${digits}`;
}

test('many backslashes and quotes take linear time', () => {
  const value = { a: '\\'.repeat(200_000) + '"'.repeat(200_000), n: 1 };
  const json = JSON.stringify(value).replace('"n":1', '"n":12345678901234567890');
  expect(parseJson(json)).toEqual({ ok: true, value: { ...value, n: '12345678901234567890' } });
});
