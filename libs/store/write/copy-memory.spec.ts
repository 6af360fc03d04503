import { describe, expect, it } from '@jest/globals';
import { giveCopyMemoryBack, takeCopyMemory } from './copy-memory.ts';

describe('the memory of rows', () => {
  it('is used again once it was given back', () => {
    const first = takeCopyMemory(100);
    const other = takeCopyMemory(100);
    expect(other.buffer).not.toBe(first.buffer);
    giveCopyMemoryBack(first.subarray(0, 10));
    expect(takeCopyMemory(50_000).buffer).toBe(first.buffer);
  });

  it('has room for what does not fit into a piece, and is then not kept', () => {
    const large = takeCopyMemory(10_000_000);
    expect(large.length).toBeGreaterThanOrEqual(10_000_000);
    giveCopyMemoryBack(large);
    expect(takeCopyMemory(10_000_000).buffer).not.toBe(large.buffer);
  });

  it('keeps a bounded number of pieces', () => {
    const pieces = Array.from({ length: 200 }, () => takeCopyMemory(1));
    for (const piece of pieces) giveCopyMemoryBack(piece);
    const kept = new Set(pieces.map((piece) => piece.buffer));
    const again = Array.from({ length: 200 }, () => takeCopyMemory(1).buffer);
    expect(again.filter((buffer) => kept.has(buffer))).toHaveLength(32);
  });
});
