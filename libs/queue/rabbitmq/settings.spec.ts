import { describe, expect, it } from '@jest/globals';
import { LIMITS } from '#event';
import { prefetchOf, RABBIT_QUEUE_DEFAULTS } from './settings.ts';

const MIB = 1024 * 1024;
const LARGEST = LIMITS.eventBytes;

describe('the bound on bytes that are held', () => {
  it.each([
    [256 * MIB, 1, 64],
    [256 * MIB, 4, 16],
    [LARGEST * 3 - 1, 1, 2],
    // Something must be delivered.
    [1, 1, 1],
    [LARGEST, 8, 1],
    // A prefetch of 65,536 would be none.
    [LARGEST * 65_536, 1, 65_535],
  ])('of %d bytes and %d shards asks for %d batches of each', (maxHeldBytes, shards, batches) => {
    const settings = { ...RABBIT_QUEUE_DEFAULTS, url: 'amqp://localhost', maxHeldBytes, shards };
    expect(prefetchOf(settings)).toBe(batches);
  });
});
