import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ObjectMissingError, type ObjectStorage, type StoredObject } from './object-storage.ts';

const NEVER = new AbortController().signal;

/** What every storage of columnar files does. `open` gives an empty one. */
export function describeObjectStorage(name: string, open: () => Promise<ObjectStorage>): void {
  describe(`the storage ${name}`, () => {
    let folder: string;
    let storage: ObjectStorage;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'penstock-storage-'));
      storage = await open();
    });

    afterAll(() => rm(folder, { recursive: true, force: true }));

    const put = async (object: string, content: Buffer): Promise<void> => {
      const path = join(folder, 'source');
      await writeFile(path, content);
      await storage.put(object, path, NEVER);
    };
    const fetched = async (object: string): Promise<Buffer> => {
      const path = join(folder, 'target');
      await storage.fetch(object, path, NEVER);
      return readFile(path);
    };
    const listed = async (prefix: string): Promise<StoredObject[]> => {
      const objects: StoredObject[] = [];
      for await (const object of storage.list(prefix, NEVER)) objects.push(object);
      return objects;
    };

    it.each([
      ['nothing', 0],
      ['a byte', 1],
      ['a megabyte', 1_048_577],
      ['several parts', 17_000_001],
    ])('gives back an object of %s', async (_size, bytes) => {
      const content = randomBytes(bytes);
      await put(`sizes/${bytes}.bin`, content);
      expect((await fetched(`sizes/${bytes}.bin`)).equals(content)).toBe(true);
    });

    it('lists names and sizes by prefix, in order', async () => {
      await put('2026-11-24/b.parquet', Buffer.from('12'));
      await put('2026-11-24/a.parquet', Buffer.from('123'));
      await put('2026-11-25/a.skip', Buffer.from('1'));
      expect(await listed('2026-11-24/')).toEqual([
        { name: '2026-11-24/a.parquet', bytes: 3 },
        { name: '2026-11-24/b.parquet', bytes: 2 },
      ]);
      expect((await listed('2026-11-')).map((object) => object.name)).toEqual([
        '2026-11-24/a.parquet',
        '2026-11-24/b.parquet',
        '2026-11-25/a.skip',
      ]);
      expect(await listed('2027')).toEqual([]);
    });

    it('knows nothing of an object that was removed', async () => {
      await put('removed/a', Buffer.from('x'));
      await storage.remove('removed/a', NEVER);
      await storage.remove('removed/a', NEVER);
      await expect(fetched('removed/a')).rejects.toBeInstanceOf(ObjectMissingError);
      expect(await listed('removed/')).toEqual([]);
    });

    it('says that an object is missing', async () => {
      await expect(fetched('never/put')).rejects.toMatchObject({
        name: 'ObjectMissingError',
        code: 'object-missing',
        permanent: true,
      });
    });

    it.each(['', '/a', 'a/', '../a', 'a/../b', 'a//b', 'a b', 'ä', '.hidden'])(
      'refuses the name %j',
      async (object) => {
        await expect(put(object, Buffer.from('x'))).rejects.toBeInstanceOf(TypeError);
      },
    );

    it('answers a probe', async () => {
      await storage.probe(NEVER);
    });

    it('keeps whole objects when it removes unfinished ones', async () => {
      await put('finished/a', Buffer.from('x'));
      expect(await storage.removeUnfinished(Date.now() + 60_000, NEVER)).toBe(0);
      expect((await fetched('finished/a')).toString()).toBe('x');
    });

    it('leaves nothing of an object whose storing was called off', async () => {
      const path = join(folder, 'source');
      await writeFile(path, randomBytes(1_000));
      await expect(storage.put('off/a', path, AbortSignal.abort())).rejects.toThrow();
      expect(await listed('off/')).toEqual([]);
    });
  });
}
