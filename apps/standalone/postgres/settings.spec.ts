import { describe, expect, test } from '@jest/globals';
import { serverSettings, usableMemory } from './settings.ts';

const GIB = 2 ** 30;

describe('memory of Postgres', () => {
  test.each([
    ['a container of 1 GiB', GIB, GIB],
    ['a machine without limits, as Linux says it', 2 ** 64, 8 * GIB],
    ['a machine whose limits are not known', 0, 8 * GIB],
  ])('%s', (_, constrained, usable) => {
    expect(usableMemory(constrained, 8 * GIB)).toBe(usable);
  });

  test.each([
    [GIB, '128MB', '512MB'],
    [8 * GIB, '512MB', '4096MB'],
  ])('%d bytes are shared out', (memoryBytes, buffers, cache) => {
    expect(serverSettings({ memoryBytes, fsync: true })).toMatchObject({
      shared_buffers: buffers,
      effective_cache_size: cache,
    });
  });
});
