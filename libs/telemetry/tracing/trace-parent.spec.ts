import { describe, expect, it } from '@jest/globals';
import { readTraceParent, writeTraceParent } from './trace-parent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('traceparent', () => {
  it('is read and written', () => {
    for (const flags of ['00', '01']) {
      const text = `00-${TRACE}-${SPAN}-${flags}`;
      const context = readTraceParent(text);
      expect(context).toEqual({
        traceId: TRACE,
        spanId: SPAN,
        traceFlags: Number(flags),
        isRemote: true,
      });
      expect(writeTraceParent(context!)).toBe(text);
    }
  });

  it('may come from a later version, whose further members and flags mean nothing here', () => {
    expect(readTraceParent(`cc-${TRACE}-${SPAN}-ff-more`)).toMatchObject({ traceFlags: 1 });
  });

  it.each([
    undefined,
    17,
    '',
    `00-${TRACE}-${SPAN}`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `cc-${TRACE}-${SPAN}-01-${'x'.repeat(300)}`,
  ])('is refused where it is none: %s', (text) => {
    expect(readTraceParent(text)).toBeNull();
  });
});
