import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InFlight } from './in-flight.ts';

describe('InFlight', () => {
  it('holds what a set would hold, in its order', () => {
    const items = Array.from({ length: 8 }, (_, id) => ({ id }));
    const step = fc.record({ adds: fc.boolean(), item: fc.constantFrom(...items) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const inFlight = new InFlight<(typeof items)[number]>();
        const set = new Set<object>();
        for (const { adds, item } of steps) {
          if (!adds) expect(inFlight.delete(item)).toBe(set.delete(item));
          else if (!set.has(item)) {
            inFlight.add(item);
            set.add(item);
          }
          expect([...inFlight]).toEqual([...set]);
          expect(inFlight.size).toBe(set.size);
          expect(inFlight.has(item)).toBe(set.has(item));
        }
        inFlight.clear();
        expect([...inFlight]).toEqual([]);
      }),
    );
  });

  it('lets each be removed while they are gone through', () => {
    const inFlight = new InFlight<{ id: number }>();
    for (let id = 0; id < 5; id++) inFlight.add({ id });
    const seen: number[] = [];
    for (const item of inFlight) {
      seen.push(item.id);
      inFlight.delete(item);
    }
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(inFlight.size).toBe(0);
  });
});
