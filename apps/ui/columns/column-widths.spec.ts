import { describe, expect, it } from '@jest/globals';
import { readWidths, writeWidths } from './column-widths.ts';

describe('readWidths', () => {
  it.each([
    [null, {}],
    ['', {}],
    ['service:200', { service: 200 }],
    ['service:200,metadata.a:b:90', { service: 200, 'metadata.a:b': 90 }],
    ['service:1,level:99999', { service: 48, level: 1_200 }],
    ['service,level:,:90,level:1e3,level:-5,level:999999', {}],
  ])('of %j is %j', (text, widths) => {
    expect(Object.fromEntries(readWidths(text))).toEqual(widths);
  });

  it('reads what was written', () => {
    const widths = new Map([
      ['metadata.a:b', 90],
      ['service', 200],
    ]);
    expect(readWidths(writeWidths(widths))).toEqual(widths);
    expect(writeWidths(new Map())).toBeNull();
  });
});
