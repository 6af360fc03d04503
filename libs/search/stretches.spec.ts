import { describe, expect, it } from '@jest/globals';
import { stretchesOf } from './stretches.ts';

const hours = [0, 1, 2, 3].map((hour) => ({ from: hour, to: hour + 1 }));
const day = { from: 0, to: 3 };

describe('stretchesOf', () => {
  it('leaves steps alone that do not overlap', () => {
    expect(stretchesOf(hours)).toEqual(hours.map((hour) => [hour]));
  });

  it('puts steps together that overlap, whichever way they are ordered', () => {
    const [first, second, third, fourth] = hours;
    const ascending = [day, ...hours];
    expect(stretchesOf(ascending)).toEqual([[day, first, second, third], [fourth]]);
    expect(stretchesOf([...ascending].reverse())).toEqual([[fourth], [third, second, first, day]]);
  });
});
