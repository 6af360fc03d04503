import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { describeObjectStorage } from './conformance.ts';
import { LocalFolder } from './local-folder.ts';

const NEVER = new AbortController().signal;
const folders: string[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-folder-'));
  folders.push(folder);
  return folder;
}

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describeObjectStorage('in a local folder', async () =>
  LocalFolder.open(join(await newFolder(), 'archive')),
);

describe('a local folder', () => {
  it('forgets copies that a crash left unfinished, once nobody can be at them', async () => {
    const root = await newFolder();
    await mkdir(join(root, '2026-11-24'));
    await writeFile(join(root, '2026-11-24/.unfinished-old'), 'x');
    await writeFile(join(root, '.unfinished-new'), 'x');
    await utimes(join(root, '2026-11-24/.unfinished-old'), 1_000, 1_000);
    const storage = await LocalFolder.open(root);
    expect(await storage.removeUnfinished(2_000_000, NEVER)).toBe(1);
    expect(await readdir(join(root, '2026-11-24'))).toEqual([]);
    expect(await readdir(root)).toContain('.unfinished-new');
    for await (const object of storage.list('', NEVER))
      throw new Error(`${object.name} is no object`);
  });

  it('says when it is not there', async () => {
    const root = await newFolder();
    const storage = await LocalFolder.open(join(root, 'archive'));
    await storage.probe(NEVER);
    await rm(join(root, 'archive'), { recursive: true });
    await expect(storage.probe(NEVER)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
