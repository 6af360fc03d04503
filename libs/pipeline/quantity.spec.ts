import { describe, expect, it } from '@jest/globals';
import { quantityValue } from './quantity.ts';

describe('a quantity', () => {
  it.each([
    ['2Gi', 2 ** 31],
    ['500m', 0.5],
    ['1.5k', 1500],
    [3, 3],
    ['8G', 8e9],
  ])('%s is %d', (quantity, value) => {
    expect(quantityValue(quantity)).toBe(value);
  });

  it.each(['', 'Gi', '1Qi', '1.2.3'])('"%s" is none', (quantity) => {
    expect(() => quantityValue(quantity)).toThrow('is no quantity');
  });
});
