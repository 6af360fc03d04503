import type { Micros } from '#event';

/** A columnar file as the catalog knows it. */
export interface FileRecord {
  /** Of the object in the storage; its skip file is beside it. */
  readonly name: string;
  readonly events: number;
  readonly bytes: number;
  readonly skipBytes: number;
  readonly minTs: Micros;
  /** Inclusive. */
  readonly maxTs: Micros;
  readonly firstGroup: number;
  readonly lastGroup: number;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly skipSha256: string;
}

/** The object that says which row groups may hold what. */
export function skipNameOf(name: string): string {
  return name.replace(/\.parquet$/, '.skip');
}

/** SQL of the columns of columnar_file in the order of `decodeFile`. */
export const FILE_RECORD_COLUMNS = `name, events, bytes, skip_bytes,
  (extract(epoch FROM min_ts) * 1000000)::bigint, (extract(epoch FROM max_ts) * 1000000)::bigint,
  first_group, last_group, sha256, skip_sha256`;

export function decodeFile(row: readonly (string | null)[]): FileRecord {
  const [events, bytes, skipBytes, minTs, maxTs, firstGroup, lastGroup] = row
    .slice(1, 8)
    .map(Number);
  return {
    name: row[0],
    events,
    bytes,
    skipBytes,
    minTs,
    maxTs,
    firstGroup,
    lastGroup,
    sha256: row[8],
    skipSha256: row[9],
  } as FileRecord;
}
