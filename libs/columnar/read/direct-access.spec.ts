import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { ObjectStorage } from '../storage/object-storage.ts';
import { directAccess } from './direct-access.ts';
import type { CatalogedObject, FileAccess } from './file-access.ts';

const LIMITS = { timeoutMs: 10_000, signal: new AbortController().signal };

let folder: string;
let access: FileAccess;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-access-'));
  access = directAccess({ pathOf: (name: string) => join(folder, name) } as ObjectStorage);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function cataloged(name: string, content: string): CatalogedObject {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { name, bytes: content.length, sha256 };
}

it('gives the paths of files that hold what the catalog says', async () => {
  await writeFile(join(folder, 'a'), 'first');
  await writeFile(join(folder, 'b'), 'second');
  const { paths } = await access.acquire(
    [cataloged('a', 'first'), cataloged('b', 'second')],
    LIMITS,
  );
  expect(paths).toEqual([join(folder, 'a'), join(folder, 'b')]);
});

it('reads a file once, and again when it has changed', async () => {
  const path = join(folder, 'a');
  const object = cataloged('a', 'first');
  await writeFile(path, 'first');
  await utimes(path, 1_000, 1_000);
  await access.acquire([object], LIMITS);
  // Other bytes that look like the same file: not read, so not noticed.
  await writeFile(path, 'other');
  await utimes(path, 1_000, 1_000);
  await access.acquire([object], LIMITS);
  await expect(access.recheck([object], LIMITS)).rejects.toMatchObject({ code: 'object-corrupt' });
  await writeFile(path, 'third');
  await expect(access.acquire([object], LIMITS)).rejects.toMatchObject({ code: 'object-corrupt' });
  await writeFile(path, 'first');
  await access.acquire([object], LIMITS);
});

it('says what is missing', async () => {
  const missing = access.acquire([cataloged('gone', 'x')], LIMITS);
  await expect(missing).rejects.toMatchObject({ code: 'object-missing' });
});

it('goes on with its checks where a reader has no more time for them', async () => {
  const path = join(folder, 'slow');
  // A reader of a pipe waits until somebody writes into it.
  execFileSync('mkfifo', [path]);
  const object = cataloged('slow', 'first');
  const late = access.acquire([object], { ...LIMITS, timeoutMs: 20 });
  await expect(late).rejects.toMatchObject({ code: 'columnar-files-late' });
  const left = new AbortController();
  const abandoned = access.acquire([object], { ...LIMITS, signal: left.signal });
  left.abort(new Error('left'));
  await expect(abandoned).rejects.toThrow('left');
  const waiting = access.acquire([object], LIMITS);
  await writeFile(path, 'first');
  expect((await waiting).paths).toEqual([path]);
});
