import type { TokenRequirement } from '#query';
import { StatementTimeoutError, toProbe, type Segment, type Snapshot, type TextRow } from '#store';
import type { Telemetry } from '#telemetry';
import { EngineMemoryError } from '../duckdb/engine-memory-error.ts';
import type { Engine, StatementLimits } from '../duckdb/engine.ts';
import { readFiles } from '../files/columns.ts';
import { decodeFile, FILE_RECORD_COLUMNS, type FileRecord } from '../files/file-record.ts';
import { LruMap } from './lru-map.ts';
import { fileObject, type FileAccess } from './file-access.ts';
import { SkipFiles } from './skip-files.ts';
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

export function createColumnarReader(
  engine: Engine,
  access: FileAccess,
  telemetry: Telemetry,
): ColumnarReader {
  return new CachingReader(engine, access, telemetry);
}

/** Segments and their files never change, so what was read of them stays true. */
class CachingReader implements ColumnarReader {
  private readonly segments = new LruMap<number, SegmentFiles>(MOST_SEGMENTS);
  private readonly skipFiles: SkipFiles;
  private readonly engine: Engine;
  private readonly access: FileAccess;

  constructor(engine: Engine, access: FileAccess, telemetry: Telemetry) {
    this.engine = engine;
    this.access = access;
    this.skipFiles = new SkipFiles(access, telemetry);
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
    const probe = requirement === null ? null : toProbe(requirement);
    const { groups, matching } = await this.skipFiles.probe(within, { range, probe }, limits);
    return windowsOf(groups, (index) => matching.has(index), range);
  }

  async rows(statement: ColumnarStatement, limits: StatementLimits): Promise<readonly TextRow[]> {
    for (let again = true; ; again = false) {
      const { sql, files, release } = await this.prepare(statement, limits);
      try {
        return await this.engine.rows(sql, statement.values, limits);
      } catch (error) {
        if (!again || !(await this.mended(files, error, limits))) throw error;
      } finally {
        release();
      }
    }
  }

  async *pages(
    statement: ColumnarStatement,
    limits: StatementLimits,
  ): AsyncGenerator<readonly TextRow[]> {
    for (let again = true; ; again = false) {
      const { sql, files, release } = await this.prepare(statement, limits);
      try {
        for await (const rows of this.engine.pages(sql, statement.values, limits)) {
          again = false;
          yield rows;
        }
        return;
      } catch (error) {
        if (!again || !(await this.mended(files, error, limits))) throw error;
      } finally {
        release();
      }
    }
  }

  /** Whether a statement failed because of a spoilt copy, which is whole again. @throws ObjectCorruptError */
  private async mended(
    files: SegmentFiles,
    error: unknown,
    limits: StatementLimits,
  ): Promise<boolean> {
    if (limits.signal.aborted) return false;
    if (error instanceof StatementTimeoutError || error instanceof EngineMemoryError) return false;
    return this.access.recheck(files.map(fileObject), limits);
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
      files,
      release: () => {
        leased.release();
      },
    };
  }
}

function reaches(file: FileRecord, { from, to }: { readonly from: number; readonly to: number }) {
  return file.maxTs >= from && file.minTs < to;
}
