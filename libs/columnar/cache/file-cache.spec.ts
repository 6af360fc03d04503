import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Telemetry } from '#telemetry';
import { waitUntil } from '../../../test/support/wait-until.ts';
import type { CatalogedObject } from '../read/file-access.ts';
import { LocalFolder } from '../storage/local-folder.ts';
import type { ObjectStorage } from '../storage/object-storage.ts';
import { FileCache, type FileCacheSettings } from './file-cache.ts';

const NEVER = { timeoutMs: 0, signal: new AbortController().signal };
const BYTES = 1_000;

/** A folder whose objects come when the test lets them. */
class HeldStorage {
  readonly fetched: string[] = [];
  private hold: Promise<void> = Promise.resolve();
  private fail: Error | null = null;
  release: () => void = () => undefined;
  readonly port: ObjectStorage;

  constructor(storage: ObjectStorage) {
    this.port = Object.assign(Object.create(storage) as ObjectStorage, {
      fetch: async (name: string, path: string, signal: AbortSignal) => {
        this.fetched.push(name);
        await this.hold;
        if (this.fail !== null) throw this.fail;
        await storage.fetch(name, path, signal);
      },
    });
  }

  stop(): void {
    this.hold = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  failWith(error: Error | null): void {
    this.fail = error;
  }
}

describe('local copies of objects', () => {
  let folder: string;
  let storage: HeldStorage;
  let local: LocalFolder;
  let cache: FileCache;

  const open = (change: Partial<FileCacheSettings> = {}): Promise<FileCache> =>
    FileCache.open({
      storage: storage.port,
      folder: join(folder, 'cache'),
      maxBytes: 3 * BYTES,
      telemetry: new Telemetry(() => undefined),
      roomMs: 50,
      ...change,
    });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-cache-'));
    local = await LocalFolder.open(join(folder, 'objects'));
    storage = new HeldStorage(local);
    cache = await open();
  });
  afterEach(async () => {
    storage.release();
    await cache.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function object(letter: string, bytes = BYTES): Promise<CatalogedObject> {
    const content = letter.repeat(bytes);
    const path = join(folder, 'source');
    await writeFile(path, content);
    const name = `2026-11-24/${letter}.parquet`;
    await local.put(name, path, NEVER.signal);
    return { name, bytes, sha256: createHash('sha256').update(content).digest('hex') };
  }

  /** The first letters of what was asked for, through the cache. */
  async function read(...objects: CatalogedObject[]): Promise<string> {
    const leased = await cache.acquire(objects, NEVER);
    const texts = await Promise.all(leased.paths.map((path) => readFile(path, 'utf8')));
    leased.release();
    return texts.map((text) => text.slice(0, 1)).join('');
  }

  const copies = async () => (await readdir(join(folder, 'cache'))).length;

  it('fetches an object once, for readers of the same moment and later ones', async () => {
    const [a, b] = [await object('a'), await object('b')];
    expect(await Promise.all([read(a, b), read(b, a), read(a, a)])).toEqual(['ab', 'ba', 'aa']);
    expect(await read(a)).toBe('a');
    expect(storage.fetched).toHaveLength(2);
  });

  it('drops what was used longest ago, and holds no more than it may', async () => {
    const [a, b, c, d] = [
      await object('a'),
      await object('b'),
      await object('c'),
      await object('d'),
    ];
    expect(await read(a, b, c)).toBe('abc');
    await read(a);
    await read(d);
    expect(await copies()).toBe(3);
    await read(a, c, d);
    expect(storage.fetched).toHaveLength(4);
    await read(b);
    expect(storage.fetched).toHaveLength(5);
  });

  it('keeps what is being read, and makes others wait for room', async () => {
    const [a, b, c, d] = [
      await object('a'),
      await object('b'),
      await object('c'),
      await object('d'),
    ];
    const reading = await cache.acquire([a, b], NEVER);
    const waiting = read(c, d);
    await expect(waiting).rejects.toMatchObject({ code: 'columnar-cache-full' });
    const next = read(c, d);
    reading.release();
    reading.release();
    expect(await next).toBe('cd');
  });

  it('says that a search needs more than it may hold', async () => {
    const large = await object('x', 4 * BYTES);
    await expect(read(large)).rejects.toThrow('COLUMNAR_CACHE_BYTES allows 3000');
  });

  it('refuses bytes that are not those of the catalog, and asks again the next time', async () => {
    const a = await object('a');
    const wrong = { ...a, sha256: '0'.repeat(64) };
    await expect(read(wrong)).rejects.toMatchObject({ code: 'object-corrupt' });
    expect(await copies()).toBe(0);
    await expect(read(wrong)).rejects.toMatchObject({ code: 'object-corrupt' });
    expect(storage.fetched).toHaveLength(2);
  });

  it('goes on copying for whoever comes after a reader that left', async () => {
    const a = await object('a');
    storage.stop();
    const impatient = cache.acquire([a], { ...NEVER, timeoutMs: 20 });
    await expect(impatient).rejects.toMatchObject({ name: 'StatementTimeoutError' });
    const off = new AbortController();
    const called = cache.acquire([a], { timeoutMs: 0, signal: off.signal });
    off.abort(new Error('called off'));
    await expect(called).rejects.toThrow('called off');
    storage.release();
    expect(await read(a)).toBe('a');
    expect(storage.fetched).toHaveLength(1);
  });

  it('tries again after a failure, and says when the disk is full', async () => {
    const a = await object('a');
    storage.failWith(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    await expect(read(a)).rejects.toThrow('COLUMNAR_CACHE_FOLDER');
    storage.failWith(null);
    expect(await read(a)).toBe('a');
  });

  it('knows its copies after a restart, and those that a crash spoilt', async () => {
    const [a, b] = [await object('a'), await object('b')];
    await read(a, b);
    await cache.close();
    await writeFile(join(folder, 'cache', `${b.sha256}.parquet`), 'b'.repeat(BYTES / 2));
    await writeFile(join(folder, 'cache/.fetching-1'), 'x');
    cache = await open();
    expect(await copies()).toBe(2);
    expect(await read(a, b)).toBe('ab');
    expect(storage.fetched.slice(2)).toEqual([b.name]);
    await cache.close();
    cache = await open({ maxBytes: BYTES });
    expect(await copies()).toBe(1);
  });

  it('looks at its copies again when told to, and mends them', async () => {
    const [a, b] = [await object('a'), await object('b')];
    await read(a, b);
    expect(await cache.recheck([a, b], NEVER)).toBe(false);
    await writeFile(join(folder, 'cache', `${a.sha256}.parquet`), 'x');
    await rm(join(folder, 'cache', `${b.sha256}.parquet`));
    const reading = await cache.acquire([a], NEVER);
    expect(await cache.recheck([a, b], NEVER)).toBe(true);
    reading.release();
    expect(await read(a, b)).toBe('ab');
    await local.remove(a.name, NEVER.signal);
    await writeFile(join(folder, 'cache', `${a.sha256}.parquet`), 'x');
    await expect(cache.recheck([a], NEVER)).rejects.toMatchObject({ code: 'object-missing' });
  });

  it('ends what is being copied when it is closed', async () => {
    const a = await object('a');
    storage.stop();
    const reading = read(a);
    const failed = expect(reading).rejects.toThrow('stopping');
    await waitUntil('it is asked for', () => storage.fetched.length === 1);
    const closed = cache.close();
    storage.release();
    await Promise.all([closed, failed]);
    expect(await copies()).toBe(0);
  });
});
