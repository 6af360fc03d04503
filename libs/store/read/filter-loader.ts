import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { loadSegment, newFilters } from './load-filters.ts';
import type { SkipFilterCache } from './skip-filter-cache.ts';

export interface FilterLoaderSettings {
  /** Filters that are loaded by one statement. */
  readonly portionBytes: number;
  /** How often what was committed since is loaded without being asked for; null: never. */
  readonly followMs: number | null;
  /** Called when loading failed; searches go on without the filters in memory. */
  readonly onLoadFailed: (error: unknown) => void;
}

/** Of the cache: what comes from one search to the next may take this much. */
const SHARE_OF_NEW = 1 / 4;

/** Brings filters into a cache in the background, of each segment once at a time. */
export class FilterLoader {
  private readonly pool: Pool;
  private readonly cache: SkipFilterCache;
  private readonly settings: FilterLoaderSettings;
  private readonly loading = new Map<number, Promise<void>>();
  private round: Promise<void> = Promise.resolve();
  /** Whatever was committed up to this commitSeq was loaded, or left. */
  private followed = 0;
  private readonly known = new Set<number>();
  /** Bytes that were loaded since the last search. */
  private unasked = 0;

  constructor(pool: Pool, cache: SkipFilterCache, settings: FilterLoaderSettings) {
    this.pool = pool;
    this.cache = cache;
    this.settings = settings;
    if (settings.followMs !== null) void this.follow(settings.followMs);
  }

  /** To be called by each search. */
  asked(): void {
    this.unasked = 0;
  }

  /** Loads what the cache lacks of a segment. Never rejects. */
  load(segmentId: number): Promise<void> {
    const running = this.loading.get(segmentId);
    if (running !== undefined) return running;
    const { pool, cache } = this;
    const { portionBytes } = this.settings;
    const load = loadSegment({ pool, cache, portionBytes }, segmentId)
      .catch(this.failed)
      .finally(() => this.loading.delete(segmentId));
    this.loading.set(segmentId, load);
    return load;
  }

  /** Ends when what is being loaded is loaded. */
  async settled(): Promise<void> {
    await this.round;
    await Promise.all(this.loading.values());
  }

  /** So that a word is found in memory by the first search for one, too, and by the first after much was stored. */
  private async follow(intervalMs: number): Promise<void> {
    const { maxBytes } = this.cache;
    await this.nextRound(maxBytes);
    this.asked();
    while (!this.pool.ending) {
      await delay(intervalMs, undefined, { ref: false });
      await this.nextRound(maxBytes * SHARE_OF_NEW);
    }
  }

  private nextRound(most: number): Promise<void> {
    this.round = this.loadNew(most).catch(this.failed);
    return this.round;
  }

  /** The newest segments first. What does not fit, or had to leave the cache, is left to searches that need it. */
  private async loadNew(most: number): Promise<void> {
    const found = await newFilters(this.pool, this.followed);
    for (const { segmentId, bytes } of found) {
      if (this.pool.ending) return;
      if (this.unasked + bytes <= most && this.isWanted(segmentId, bytes)) {
        this.unasked += bytes;
        await this.load(segmentId);
      }
      this.known.add(segmentId);
    }
    this.followed = Math.max(this.followed, ...found.map(({ newest }) => newest));
  }

  private isWanted(segmentId: number, bytes: number): boolean {
    if (this.cache.watermark(segmentId) > 0) return this.cache.fits(segmentId, bytes);
    return !this.known.has(segmentId) && this.cache.hasRoomFor(bytes);
  }

  private readonly failed = (error: unknown): void => {
    // Whoever closes the pool does not wait for filters.
    if (!this.pool.ending) this.settings.onLoadFailed(error);
  };
}
