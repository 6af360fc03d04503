import { expect, test } from '@jest/globals';

import { uuidv5, uuidv7 } from './uuid.ts';

test('version 7 holds the milliseconds of the clock, then random bits', () => {
  // The example of RFC 9562, appendix A.6.
  const clock = () => 1_645_557_742_000_123;
  const random = () => Uint8Array.from(Buffer.from('0cc398c4dc0c0c07398f', 'hex'));
  expect(uuidv7(clock, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
});

test('version 7 differs from call to call', () => {
  const ids = new Set(Array.from({ length: 1_000 }, () => uuidv7(() => 0)));
  expect(ids.size).toBe(1_000);
});

test('version 5 is that of the standard', () => {
  // The example of RFC 9562, appendix A.4.
  expect(uuidv5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
    '2ed6657d-e927-568b-95e1-2665a8aea6a2',
  );
});

test('version 5 refuses a namespace that is no UUID', () => {
  expect(() => uuidv5('nonsense', 'x')).toThrow(RangeError);
});
