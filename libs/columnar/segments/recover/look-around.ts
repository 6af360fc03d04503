import type { PoolClient } from 'pg';
import { skipNameOf } from '../../files/file-record.ts';
import type { ObjectStorage } from '../../storage/object-storage.ts';

/** What the catalog and the storage do not agree about. */
export interface Disagreement {
  /** Columnar files in the storage that the catalog has never named as whole: `.parquet` alone. */
  readonly unknown: readonly string[];
  /** All objects of which the catalog says nothing. */
  readonly strangers: readonly string[];
  /** Segments of which an object is not in the storage. */
  readonly broken: readonly BrokenSegment[];
  /** Every object of the storage. */
  readonly held: ReadonlySet<string>;
}

export interface BrokenSegment {
  readonly id: number;
  readonly start: Date;
  /** Files that are not there, or whose skip file is not. */
  readonly missing: readonly string[];
  /** Files that are there. */
  readonly there: readonly string[];
}

interface Row {
  readonly name: string;
  readonly segment_id: number | null;
  readonly start: Date | null;
  readonly whole: boolean;
}

/** Compares the catalog with what the storage lists. */
export async function lookAround(
  client: PoolClient,
  storage: ObjectStorage,
  signal: AbortSignal,
): Promise<Disagreement> {
  // The catalog first: what is made meanwhile would be unknown, not missing.
  const { rows } = await client.query<Row>(
    `SELECT name, segment_id, range_start AS start, sha256 IS NOT NULL AS whole
     FROM columnar_file LEFT JOIN segment ON segment.id = segment_id`,
  );
  const held = new Set<string>();
  for await (const { name } of storage.list('', signal)) held.add(name);
  const noted = new Map(rows.map((row) => [row.name, row]));
  const isStranger = (name: string) => !noted.has(name.replace(/\.skip$/, '.parquet'));
  return {
    // A name without a checksum was noted before its file was written: a backup of that moment knows no more.
    unknown: [...held].filter(
      (name) => name.endsWith('.parquet') && noted.get(name)?.whole !== true,
    ),
    strangers: [...held].filter(isStranger),
    broken: brokenOf(rows, held),
    held,
  };
}

function brokenOf(rows: readonly Row[], held: ReadonlySet<string>): readonly BrokenSegment[] {
  const counted = rows.filter(({ segment_id }) => segment_id !== null);
  return [...Map.groupBy(counted, ({ segment_id }) => segment_id)]
    .map(([id, files]) => ({
      id: id ?? 0,
      start: files[0]?.start ?? new Date(0),
      missing: files
        .map(({ name }) => name)
        .filter((name) => !(held.has(name) && held.has(skipNameOf(name)))),
      there: files.map(({ name }) => name).filter((name) => held.has(name)),
    }))
    .filter(({ missing }) => missing.length > 0);
}
