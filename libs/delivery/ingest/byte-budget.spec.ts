import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ByteBudget, type Reservation } from './byte-budget.ts';

describe('ByteBudget', () => {
  it('gives out its capacity and takes it back', () => {
    const budget = new ByteBudget(100);
    const first = budget.reserve(60);
    expect(budget.reserve(41)).toBeNull();
    expect(first?.grow(40)).toBe(true);
    expect(first?.grow(1)).toBe(false);
    first?.release();
    first?.release();
    expect(budget.used).toBe(0);
    expect(first?.grow(1)).toBe(false);
    expect(budget.reserve(100)).not.toBeNull();
  });

  it('never exceeds its capacity, and ends at zero', () => {
    const step = fc.record({ reserve: fc.nat(60), grow: fc.nat(60), release: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const budget = new ByteBudget(100);
        const held: Reservation[] = [];
        for (const { reserve, grow, release } of steps) {
          const reservation = budget.reserve(reserve);
          if (reservation !== null) held.push(reservation);
          reservation?.grow(grow);
          if (release) held.shift()?.release();
          expect(budget.used).toBeLessThanOrEqual(100);
        }
        for (const reservation of held) reservation.release();
        expect(budget.used).toBe(0);
      }),
    );
  });
});
