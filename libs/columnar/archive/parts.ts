import type { Clock, Micros } from '#event';
import type { RetentionPolicy } from '#store';
import type { Telemetry } from '#telemetry';
import type { Engine } from '../duckdb/engine.ts';
import type { ObjectStorage } from '../storage/object-storage.ts';

/** How long the rows of a closed partition stay in Postgres beside its files. */
export type KeepRows =
  { readonly kind: 'forever' } | { readonly kind: 'for'; readonly age: Micros };

/** Moments at which a crash must lose nothing and count nothing twice. */
export type ArchiveStep =
  | 'sealed'
  | 'named'
  | 'written'
  | 'stored'
  | 'verified'
  | 'published'
  | 'merged'
  | 'replaced'
  | 'expired'
  | 'dropped'
  | 'removed';

/** What the job that makes columnar files works with. */
export interface ArchiveParts {
  readonly storage: ObjectStorage;
  readonly engine: Engine;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly keepRows: KeepRows;
  /** How long after the end of its range a file stays at the most; null: for as long as retention says. */
  readonly keepFiles: Micros | null;
  /** Events go from files, too. */
  readonly retention: RetentionPolicy;
  /** Folder for files that are being made, of this database only. */
  readonly scratch: string;
  readonly limits: ArchiveLimits;
  /** Called after each step: the place for pauses. */
  readonly between: (step: ArchiveStep, workedMs: number, signal: AbortSignal) => Promise<void>;
}

export interface ArchiveLimits {
  /** A partition is closed so long after its end … */
  readonly closedAfter: Micros;
  /** … and when no group has been written to it for so long. */
  readonly quietFor: Micros;
  /**
   * Events of a file at the most: few, for of each file that a stretch of time reaches into, DuckDB looks at all row
   * groups and columns (seven stretches of a file of 1,000,000 events cost a third more than of four files).
   */
  readonly eventsPerFile: number;
  /** Bytes of text of a file at the most, so that what is made of it on the way fits on the disk. */
  readonly bytesPerFile: number;
  /**
   * Bytes of text of 2,048 neighbouring events of a file at the most: DuckDB works on them at once, in several copies of
   * which its own limit counts a part only (16 MiB take about 200 MB).
   */
  readonly bytesPerVector: number;
  /** Events that came late and become a file of their own, at the least. */
  readonly lateEvents: number;
  /** How long a file that no longer counts stays for readers that began before. */
  readonly removeAfterMs: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  closedAfter: 3_600_000_000,
  quietFor: 600_000_000,
  eventsPerFile: 25 * 10_240,
  bytesPerFile: 512 * 1024 * 1024,
  bytesPerVector: 16 * 1024 * 1024,
  lateEvents: 51_200,
  removeAfterMs: 900_000,
};
