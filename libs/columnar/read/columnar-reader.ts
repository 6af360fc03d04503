import type { TokenRequirement } from '#query';
import { mayFulfilBits, toProbe, type Segment, type Snapshot, type TextRow } from '#store';
import type { Engine, StatementLimits } from '../duckdb/engine.ts';
import { readFiles } from '../files/columns.ts';
import { decodeFile, FILE_RECORD_COLUMNS, type FileRecord } from '../files/file-record.ts';
import { SkipFile } from '../files/skip-file.ts';
import { LruMap } from './lru-map.ts';
import { fileObject, skipObject, type FileAccess } from './file-access.ts';
import { windowsOf, type Window } from './windows.ts';

/** The files of one segment, oldest first. They do not overlap but at single times. */
export type SegmentFiles = readonly FileRecord[];

/** What a statement reads from, and which of it. */
export interface ColumnarStatement {
  readonly files: SegmentFiles;
  /** Of the SQL expression that stands for the files; all columns of the answer must be text. */
  readonly sql: (relation: (window: Pick<Window, 'from' | 'to'>) => string) => string;
  /** The stretches that the statement asks for. */
  readonly windows: readonly Pick<Window, 'from' | 'to'>[];
  readonly values: readonly unknown[];
}

/** Reads columnar files. Excluded: what a query means, cursors, and how an answer is put together. */
export interface ColumnarReader {
  /** The files of columnar segments, by the id of the segment. */
  filesOf(
    snapshot: Snapshot,
    segments: readonly Segment[],
  ): Promise<ReadonlyMap<number, SegmentFiles>>;
  /**
   * Where in a range events may match, oldest first.
   *
   * @param requirement null: every event may
   */
  windows(
    files: SegmentFiles,
    range: { readonly from: number; readonly to: number },
    requirement: TokenRequirement | null,
    limits: StatementLimits,
  ): Promise<readonly Window[]>;
  rows(statement: ColumnarStatement, limits: StatementLimits): Promise<readonly TextRow[]>;
  pages(statement: ColumnarStatement, limits: StatementLimits): AsyncGenerator<readonly TextRow[]>;
}

const MOST_SEGMENTS = 2_000;
const MOST_SKIP_FILES = 4_000;

export function createColumnarReader(engine: Engine, access: FileAccess): ColumnarReader {
  return new CachingReader(engine, access);
}

/** Segments and their files never change, so what was read of them stays true. */
class CachingReader implements ColumnarReader {
  private readonly segments = new LruMap<number, SegmentFiles>(MOST_SEGMENTS);
  private readonly skipFiles = new LruMap<string, Promise<SkipFile>>(MOST_SKIP_FILES);
  private readonly engine: Engine;
  private readonly access: FileAccess;

  constructor(engine: Engine, access: FileAccess) {
    this.engine = engine;
    this.access = access;
  }

  async filesOf(snapshot: Snapshot, segments: readonly Segment[]) {
    const unknown = segments.filter(({ id }) => this.segments.get(id) === undefined);
    const found = new Map<number, SegmentFiles>();
    if (unknown.length > 0) {
      const rows = await snapshot.rows(
        `SELECT segment_id, ${FILE_RECORD_COLUMNS} FROM columnar_file
         WHERE segment_id = ANY($1::int[]) ORDER BY min_ts, max_ts`,
        [unknown.map(({ id }) => id)],
      );
      const bySegment = Map.groupBy(rows, ([segmentId]) => Number(segmentId));
      for (const { id } of unknown) {
        const files = (bySegment.get(id) ?? []).map((row) => decodeFile(row.slice(1)));
        found.set(id, files);
        this.segments.set(id, files);
      }
    }
    for (const { id } of segments) {
      const files = found.get(id) ?? this.segments.get(id);
      if (files !== undefined) found.set(id, files);
    }
    return found;
  }

  async windows(
    files: SegmentFiles,
    range: { readonly from: number; readonly to: number },
    requirement: TokenRequirement | null,
    limits: StatementLimits,
  ): Promise<readonly Window[]> {
    const within = files.filter((file) => reaches(file, range));
    if (within.length === 0) return [];
    const leased = await this.access.acquire(within.map(skipObject), limits);
    try {
      const groups = [];
      const matching = new Set<number>();
      const probe = requirement === null ? null : toProbe(requirement);
      for (const [at, { name }] of within.entries()) {
        const path = leased.paths[at] ?? '';
        const skipFile = await this.skipFile(name, path);
        const hits =
          probe === null
            ? skipFile.groups.keys()
            : await skipFile.matching(path, (filter) => mayFulfilBits(probe, filter));
        for (const hit of hits) matching.add(groups.length + hit);
        groups.push(...skipFile.groups);
      }
      return windowsOf(groups, (index) => matching.has(index), range);
    } finally {
      leased.release();
    }
  }

  async rows(statement: ColumnarStatement, limits: StatementLimits): Promise<readonly TextRow[]> {
    const { sql, release } = await this.prepare(statement, limits);
    try {
      return await this.engine.rows(sql, statement.values, limits);
    } finally {
      release();
    }
  }

  async *pages(
    statement: ColumnarStatement,
    limits: StatementLimits,
  ): AsyncGenerator<readonly TextRow[]> {
    const { sql, release } = await this.prepare(statement, limits);
    try {
      yield* this.engine.pages(sql, statement.values, limits);
    } finally {
      release();
    }
  }

  private async prepare(statement: ColumnarStatement, limits: StatementLimits) {
    const files = statement.files.filter((file) =>
      statement.windows.some((window) => reaches(file, window)),
    );
    const leased = await this.access.acquire(files.map(fileObject), limits);
    const pathOf = new Map(files.map((file, at) => [file, leased.paths[at] ?? '']));
    const sql = statement.sql((window) =>
      readFiles(
        files.filter((file) => reaches(file, window)).map((file) => pathOf.get(file) ?? ''),
      ),
    );
    return {
      sql,
      release: () => {
        leased.release();
      },
    };
  }

  private skipFile(name: string, path: string): Promise<SkipFile> {
    const known = this.skipFiles.get(name);
    if (known !== undefined) return known;
    const read = SkipFile.read(path);
    this.skipFiles.set(name, read);
    // One that could not be read is tried again.
    read.catch(() => {
      this.skipFiles.delete(name);
    });
    return read;
  }
}

function reaches(file: FileRecord, { from, to }: { readonly from: number; readonly to: number }) {
  return file.maxTs >= from && file.minTs < to;
}
