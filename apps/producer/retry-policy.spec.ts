import { describe, expect, it } from '@jest/globals';

import { isRetryable, retryDelayMs } from './retry-policy.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const highest = (): number => 0.999_999;

describe('retryDelayMs', () => {
  it.each([
    [1, 100],
    [2, 200],
    [6, 3_200],
    [7, 5_000],
    [1_000, 5_000],
  ])('waits at most what attempt %d allows, and at least half of it', (attempt, ceiling) => {
    expect(retryDelayMs(attempt, null, NOW, highest)).toBeCloseTo(ceiling, 0);
    expect(retryDelayMs(attempt, null, NOW, () => 0)).toBe(ceiling / 2);
  });

  it.each([
    ['7', 7_000],
    ['Thu, 01 Jan 2026 00:00:09 GMT', 9_000],
    ['Wed, 31 Dec 2025 23:59:00 GMT', 50],
    ['soon', 50],
  ])('never waits less than Retry-After: %s asks for', (retryAfter, ms) => {
    expect(retryDelayMs(1, retryAfter, NOW, () => 0)).toBe(ms);
  });
});

describe('isRetryable', () => {
  it.each([
    [202, false],
    [400, false],
    [413, false],
    [422, false],
    [408, true],
    [429, true],
    [500, true],
    [503, true],
  ])('takes %d', (status, retryable) => {
    expect(isRetryable(status)).toBe(retryable);
  });
});
