import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { encodeSkipFile, SkipFile } from './skip-file.ts';

/** Row groups of ten microseconds each, with filters of so many bytes. */
const GROUPS = [100, 200, 50].map((bytes, at) => ({
  events: 5,
  minTs: at * 10,
  maxTs: at * 10 + 9,
  firstGroup: at,
  lastGroup: at,
  ascii: true,
  filter: Buffer.alloc(bytes, at),
}));
const ALL = { from: 0, to: 30 };

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-skip-'));
  path = join(folder, 'a.skip');
  await writeFile(path, encodeSkipFile(GROUPS));
});
afterEach(() => rm(folder, { recursive: true }));

test('a skip file gives back its row groups and the bytes of their filters', async () => {
  const skipFile = await SkipFile.read(path);
  expect(skipFile.groups).toMatchObject(
    GROUPS.map(({ events, minTs, maxTs }) => ({ events, minTs, maxTs })),
  );
  const asked: number[][] = [];
  const hits = await skipFile.matching(path, ALL, ({ length, byteAt }) => {
    asked.push([length, byteAt(0), byteAt(length - 1)]);
    return length > 50;
  });
  expect(asked).toEqual([
    [100, 0, 0],
    [200, 1, 1],
    [50, 2, 2],
  ]);
  expect(hits).toEqual([0, 1]);
});

test.each([
  [{ from: 9, to: 10 }, [0]],
  [{ from: 10, to: 20 }, [1]],
  [{ from: 19, to: 21 }, [1, 2]],
  [{ from: 30, to: 90 }, []],
])('only row groups that reach into a range are looked at: %j', async (range, expected) => {
  const skipFile = await SkipFile.read(path);
  let looked = 0;
  const hits = await skipFile.matching(path, range, () => ++looked > 0);
  expect(hits).toEqual(expected);
  expect(looked).toBe(expected.length);
});

test.each(['another file of the same size', 'no skip file'])('%s is refused', async (what) => {
  const skipFile = await SkipFile.read(path);
  const bytes = Buffer.concat(encodeSkipFile(GROUPS));
  await rm(path);
  await writeFile(path, what === 'no skip file' ? 'PENSKIP0....' : bytes);
  await expect(skipFile.matching(path, ALL, () => true)).rejects.toThrow(RangeError);
  if (what === 'no skip file') await expect(SkipFile.read(path)).rejects.toThrow(/no skip file/);
});
