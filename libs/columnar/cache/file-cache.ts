import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Telemetry } from '#telemetry';
import type { StatementLimits } from '../duckdb/engine.ts';
import { errorCode } from '../files/error-code.ts';
import { sha256Of } from '../files/scratch.ts';
import type { CatalogedObject, FileAccess, LeasedFiles } from '../read/file-access.ts';
import type { ObjectStorage } from '../storage/object-storage.ts';
import { CacheSpace, type CacheEntry } from './cache-space.ts';
import { CacheFullError, FilesLateError, ObjectCorruptError } from './errors.ts';
import { cacheBytes, copySpoilt, fetchFailed, fileFetched } from './events.ts';
import { Places, untilSettled } from './waiting.ts';

export interface FileCacheSettings {
  readonly storage: ObjectStorage;
  /** Of this process alone. */
  readonly folder: string;
  readonly maxBytes: number;
  readonly telemetry: Telemetry;
  /** Copies that are made at once. Default 4. */
  readonly fetches?: number;
  /** How long a search waits for others to free room, in ms. Default 10,000. */
  readonly roomMs?: number;
}

const FETCHES = 4;
const ROOM_MS = 10_000;
const COPY = /^[0-9a-f]{64}\.(?:parquet|skip)$/;
const UNFINISHED = '.fetching-';

/**
 * Copies of objects on the disk of this machine, whole, within a bound of bytes. Files are named by the checksum that the
 * catalog knows and are checked against it when they come, and once more by the first reader after a restart. Readers of
 * one object share its copying, which goes on when they have left: whoever comes again finds it.
 */
export class FileCache implements FileAccess {
  private readonly settings: FileCacheSettings;
  private readonly space: CacheSpace;
  private readonly places: Places;
  private readonly closing = new AbortController();
  /** Searches that wait for room, in order. */
  private readonly waiting: (() => void)[] = [];
  private readonly running = new Set<Promise<unknown>>();
  /** How many copies were found spoilt and are whole again. */
  private mended = 0;

  private constructor(settings: FileCacheSettings) {
    this.settings = settings;
    this.space = new CacheSpace(settings.maxBytes);
    this.places = new Places(settings.fetches ?? FETCHES);
    settings.telemetry.observe(cacheBytes, () => this.space.bytes);
  }

  /** Takes over what an earlier process left in the folder. */
  static async open(settings: FileCacheSettings): Promise<FileCache> {
    const cache = new FileCache(settings);
    await mkdir(settings.folder, { recursive: true });
    await cache.takeOver();
    return cache;
  }

  /** Ends what is being copied. */
  async close(): Promise<void> {
    this.closing.abort(new Error('the process is stopping'));
    await Promise.allSettled(this.running);
  }

  async acquire(
    objects: readonly CatalogedObject[],
    limits: StatementLimits,
  ): Promise<LeasedFiles> {
    limits.signal.throwIfAborted();
    const wanted = new Map(objects.map((object) => [keyOf(object), object]));
    const entries = await this.lease(wanted, limits);
    const release = this.releaseOnce(entries);
    try {
      const ready = Promise.all(entries.map(({ ready }) => ready ?? Promise.resolve()));
      if (!(await untilSettled(ready, limits.timeoutMs, limits.signal))) {
        throw new FilesLateError();
      }
      return { paths: objects.map((object) => this.pathOf(keyOf(object))), release };
    } catch (error) {
      release();
      throw error;
    }
  }

  async recheck(objects: readonly CatalogedObject[], limits: StatementLimits): Promise<boolean> {
    const before = this.mended;
    for (const object of objects) {
      const entry = this.space.get(keyOf(object));
      if (entry?.isPending === false) entry.ready = null;
    }
    (await this.acquire(objects, limits)).release();
    return this.mended !== before;
  }

  /** Leases all or none, so that two searches never wait for each other with half of what they need. */
  private async lease(
    wanted: ReadonlyMap<string, CatalogedObject>,
    { signal }: StatementLimits,
  ): Promise<readonly CacheEntry[]> {
    const need = [...wanted.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    const { maxBytes, roomMs = ROOM_MS } = this.settings;
    if (need > maxBytes) {
      throw new CacheFullError(
        `a search needs ${need} bytes of columnar files at once, and COLUMNAR_CACHE_BYTES allows ${maxBytes}; raise it, or ask for a shorter time`,
      );
    }
    const deadline = performance.now() + roomMs;
    for (;;) {
      const entries = this.tryLease(wanted);
      if (entries !== null) return entries;
      const left = deadline - performance.now();
      if (left <= 0) {
        throw new CacheFullError(
          `the columnar files of a search find no room for ${roomMs / 1_000} s beside those of others; raise COLUMNAR_CACHE_BYTES (${maxBytes})`,
        );
      }
      const freed = new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
      await untilSettled(freed, left, signal);
    }
  }

  private tryLease(wanted: ReadonlyMap<string, CatalogedObject>): readonly CacheEntry[] | null {
    const missing = [...wanted].filter(([key]) => this.space.get(key) === undefined);
    const bytes = missing.reduce((sum, [, object]) => sum + object.bytes, 0);
    const leaving = this.space.makeRoom(bytes, new Set(wanted.keys()));
    if (leaving === null) return null;
    // At once, so that none is removed behind the back of a reader who wants it again.
    for (const { key } of leaving) rmSync(this.pathOf(key), { force: true });
    return [...wanted].map(([key, object]) => {
      let entry = this.space.get(key);
      if (entry === undefined) {
        entry = { key, bytes: object.bytes, leases: 0, ready: null, isPending: false };
        this.space.add(entry);
        this.begin(entry, () => this.fetch(object, key));
      } else if (entry.ready === null) {
        this.begin(entry, () => this.check(object, key));
      }
      entry.leases++;
      this.space.touch(entry);
      return entry;
    });
  }

  private begin(entry: CacheEntry, work: () => Promise<void>): void {
    entry.isPending = true;
    const ready = this.places.run(work).finally(() => {
      entry.isPending = false;
    });
    entry.ready = ready;
    this.track(ready);
    // The next reader tries again.
    ready.catch(() => {
      this.space.remove(entry);
      this.wake();
    });
  }

  private track(work: Promise<unknown>): void {
    this.running.add(work);
    const done = (): void => {
      this.running.delete(work);
    };
    work.then(done, done);
  }

  private async fetch(object: CatalogedObject, key: string): Promise<void> {
    const { storage, folder, telemetry } = this.settings;
    const unfinished = join(folder, `${UNFINISHED}${randomUUID()}`);
    const started = performance.now();
    try {
      await storage.fetch(object.name, unfinished, this.closing.signal);
      if ((await sha256Of(unfinished)) !== object.sha256) throw new ObjectCorruptError(object.name);
      await rename(unfinished, this.pathOf(key));
    } catch (error) {
      await rm(unfinished, { force: true });
      if (!this.closing.signal.aborted) {
        telemetry.emit(fetchFailed, { object: object.name, error: String(error) });
      }
      throw isDiskFull(error) ? noDiskLeft(folder, error) : error;
    }
    const seconds = (performance.now() - started) / 1_000;
    telemetry.emit(fileFetched, { object: object.name, bytes: object.bytes, seconds });
  }

  /** What an earlier process left may have been cut short by a crash of the machine; a disk may spoil what it holds. */
  private async check(object: CatalogedObject, key: string): Promise<void> {
    const path = this.pathOf(key);
    const found = await sha256Of(path).catch(() => null);
    if (found === object.sha256) return;
    this.settings.telemetry.emit(copySpoilt, { object: object.name });
    await rm(path, { force: true });
    await this.fetch(object, key);
    this.mended++;
  }

  private releaseOnce(entries: readonly CacheEntry[]): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      for (const entry of entries) entry.leases--;
      this.wake();
    };
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private async takeOver(): Promise<void> {
    const { folder } = this.settings;
    const found: { readonly key: string; readonly bytes: number; readonly mtimeMs: number }[] = [];
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (name.startsWith(UNFINISHED)) await rm(path, { force: true });
      if (!COPY.test(name)) continue;
      const { size: bytes, mtimeMs } = await stat(path);
      found.push({ key: name, bytes, mtimeMs });
    }
    for (const { key, bytes } of found.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      this.space.add({ key, bytes, leases: 0, ready: null, isPending: false });
    }
    const leaving = this.space.makeRoom(0, new Set()) ?? [];
    for (const { key } of leaving) await rm(this.pathOf(key), { force: true });
  }

  private pathOf(key: string): string {
    return join(this.settings.folder, key);
  }
}

function keyOf({ name, sha256 }: CatalogedObject): string {
  return `${sha256}${name.endsWith('.skip') ? '.skip' : '.parquet'}`;
}

function isDiskFull(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT';
}

function noDiskLeft(folder: string, cause: unknown): CacheFullError {
  return new CacheFullError(
    `the disk of COLUMNAR_CACHE_FOLDER (${folder}) is full; make room, or lower COLUMNAR_CACHE_BYTES to what it has`,
    { cause },
  );
}
