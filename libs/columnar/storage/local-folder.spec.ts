import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { describeObjectStorage } from './conformance.ts';
import { LocalFolder } from './local-folder.ts';

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
    await writeFile(join(root, '.unfinished-old'), 'x');
    await writeFile(join(root, '.unfinished-new'), 'x');
    await utimes(join(root, '.unfinished-old'), 1_000, 1_000);
    const storage = await LocalFolder.open(root);
    expect(await readdir(root)).toEqual(['.unfinished-new']);
    for await (const object of storage.list('', new AbortController().signal)) {
      throw new Error(`${object.name} is no object`);
    }
  });
});
