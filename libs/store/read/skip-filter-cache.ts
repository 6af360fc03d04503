import type { Candidate } from './candidate.ts';

/** One row of skip_filter. Immutable. */
export interface CachedFilter extends Candidate {
  readonly commitSeq: number;
  readonly bits: Uint8Array;
}

interface Entry {
  filters: CachedFilter[];
  /** Filters added since those that were replaced have been sorted out. */
  unsorted: number;
  bytes: number;
  /** Of the newest filter; those after it are not in the cache. */
  watermark: number;
}

/** Filters added to a segment, at least, and for each one it holds, after which replaced ones are sorted out. */
const SORT_AFTER = 64;
const SORT_SHARE = 1 / 8;

/**
 * The filters of the segments used last, in memory up to a bound in bytes. A segment is in it as far as its watermark
 * and leaves it whole; filters are immutable and numbered in the order of their commits, so nothing else goes stale.
 */
export class SkipFilterCache {
  private readonly entries = new Map<number, Entry>();
  readonly maxBytes: number;
  private bytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get usedBytes(): number {
    return this.bytes;
  }

  /** The commitSeq up to which the cache holds the segment's filters; 0 where it holds none. */
  watermark(segmentId: number): number {
    return this.entries.get(segmentId)?.watermark ?? 0;
  }

  /** Marks the segment as used. */
  get(segmentId: number): readonly CachedFilter[] {
    const entry = this.entries.get(segmentId);
    if (entry === undefined) return [];
    this.entries.delete(segmentId);
    this.entries.set(segmentId, entry);
    return entry.filters;
  }

  /** Whether so many bytes more are held without another segment having to leave. */
  hasRoomFor(moreBytes: number): boolean {
    return this.bytes + moreBytes <= this.maxBytes;
  }

  /** Whether so many bytes more of this segment can be held at all. */
  fits(segmentId: number, moreBytes: number): boolean {
    return (this.entries.get(segmentId)?.bytes ?? 0) + moreBytes <= this.maxBytes;
  }

  /** Adds filters that follow the watermark, in order of commitSeq; what others have added meanwhile is left out. */
  append(segmentId: number, filters: readonly CachedFilter[]): void {
    const entry = this.entries.get(segmentId) ?? {
      filters: [],
      unsorted: 0,
      bytes: 0,
      watermark: 0,
    };
    for (const filter of filters) {
      if (filter.commitSeq <= entry.watermark) continue;
      entry.filters.push(filter);
      entry.unsorted += 1;
      entry.watermark = filter.commitSeq;
      entry.bytes += filter.bits.byteLength;
      this.bytes += filter.bits.byteLength;
    }
    this.entries.delete(segmentId);
    this.entries.set(segmentId, entry);
    this.evict();
  }

  /** Whether so much has been added that some of it may have been replaced: a job joins small filters. */
  isUnsorted(segmentId: number): boolean {
    const { unsorted, filters } = this.entries.get(segmentId) ?? { unsorted: 0, filters: [] };
    return unsorted >= Math.max(SORT_AFTER, filters.length * SORT_SHARE);
  }

  /**
   * Forgets filters of a segment that were replaced by others, once all of those have been added.
   *
   * @param live the commitSeqs of all filters in a snapshot
   */
  sortOut(segmentId: number, live: ReadonlySet<number>): void {
    const entry = this.entries.get(segmentId);
    if (entry === undefined) return;
    const newest = [...live].reduce((max, commitSeq) => Math.max(max, commitSeq), 0);
    if (newest > entry.watermark) return;
    const kept = entry.filters.filter(({ commitSeq }) => commitSeq > newest || live.has(commitSeq));
    const bytes = kept.reduce((sum, filter) => sum + filter.bits.byteLength, 0);
    this.bytes += bytes - entry.bytes;
    entry.bytes = bytes;
    entry.filters = kept;
    entry.unsorted = 0;
  }

  /** Forgets segments that are no longer in the catalog. */
  retain(segmentIds: ReadonlySet<number>): void {
    for (const segmentId of [...this.entries.keys()]) {
      if (!segmentIds.has(segmentId)) this.remove(segmentId);
    }
  }

  private evict(): void {
    for (const segmentId of this.entries.keys()) {
      if (this.bytes <= this.maxBytes) return;
      this.remove(segmentId);
    }
  }

  private remove(segmentId: number): void {
    this.bytes -= this.entries.get(segmentId)?.bytes ?? 0;
    this.entries.delete(segmentId);
  }
}
