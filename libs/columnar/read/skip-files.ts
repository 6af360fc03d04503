import type { Micros } from '#event';
import type { Telemetry } from '#telemetry';
import { mayFulfilBits, type Probe } from '#store';
import { ObjectCorruptError } from '../cache/errors.ts';
import type { StatementLimits } from '../duckdb/engine.ts';
import { errorCode } from '../files/error-code.ts';
import { skipNameOf, type FileRecord } from '../files/file-record.ts';
import { SkipFile, type RowGroup } from '../files/skip-file.ts';
import { ObjectMissingError } from '../storage/object-storage.ts';
import { skipFileUnusable } from './events.ts';
import { skipObject, type FileAccess } from './file-access.ts';
import { LruMap } from './lru-map.ts';

/** What is asked: where, and what (null: everything may match). */
export interface SkipQuestion {
  readonly range: { readonly from: Micros; readonly to: Micros };
  readonly probe: Probe | null;
}

/** Row groups of some files, and the indexes of those that may match in the range. */
export interface ProbedGroups {
  readonly groups: readonly RowGroup[];
  readonly matching: ReadonlySet<number>;
}

interface FileGroups {
  readonly groups: readonly RowGroup[];
  readonly hits: Iterable<number>;
}

const MOST_SKIP_FILES = 16_000;
/** Most of asking a file is waiting for its opening. */
const FILES_AT_ONCE = 16;

/**
 * Asks the skip files of columnar files. Nothing is lost where one is spoilt or gone: its columnar file is then read
 * as one row group that may match.
 */
export class SkipFiles {
  private readonly read = new LruMap<string, Promise<SkipFile>>(MOST_SKIP_FILES);
  private readonly told = new LruMap<string, true>(MOST_SKIP_FILES);
  private readonly access: FileAccess;
  private readonly telemetry: Telemetry;

  constructor(access: FileAccess, telemetry: Telemetry) {
    this.access = access;
    this.telemetry = telemetry;
  }

  async probe(
    files: readonly FileRecord[],
    question: SkipQuestion,
    limits: StatementLimits,
  ): Promise<ProbedGroups> {
    const leased = await this.lease(files, limits);
    try {
      const groups: RowGroup[] = [];
      const matching = new Set<number>();
      for (let at = 0; at < files.length; at += FILES_AT_ONCE) {
        const asked = files
          .slice(at, at + FILES_AT_ONCE)
          .map((file, index) =>
            this.groupsOf(file, leased.paths[at + index] ?? null, question, limits),
          );
        // All of them to their end: what they read is released below.
        await Promise.allSettled(asked);
        for (const found of await Promise.all(asked)) {
          for (const hit of found.hits) matching.add(groups.length + hit);
          groups.push(...found.groups);
        }
      }
      return { groups, matching };
    } finally {
      leased.release();
    }
  }

  /** Null for those that are not to be had. */
  private async lease(files: readonly FileRecord[], limits: StatementLimits) {
    try {
      return await this.access.acquire(files.map(skipObject), limits);
    } catch (error) {
      if (!isLost(error)) throw error;
    }
    const paths: (string | null)[] = [];
    const releases: (() => void)[] = [];
    const release = (): void => {
      for (const each of releases) each();
    };
    try {
      for (const file of files) {
        const leased = await this.access.acquire([skipObject(file)], limits).catch(orNull);
        paths.push(leased?.paths[0] ?? null);
        if (leased !== null)
          releases.push(() => {
            leased.release();
          });
      }
    } catch (error) {
      release();
      throw error;
    }
    return { paths, release };
  }

  private async groupsOf(
    file: FileRecord,
    path: string | null,
    question: SkipQuestion,
    limits: StatementLimits,
  ): Promise<FileGroups> {
    const found =
      path === null
        ? null
        : ((await this.ask(file.name, path, question)) ??
          (await this.askAgain(file, path, question, limits)));
    if (found !== null) return found;
    if (this.told.get(file.name) === undefined) {
      this.told.set(file.name, true);
      this.telemetry.emit(skipFileUnusable, { object: skipNameOf(file.name) });
    }
    return { groups: [file], hits: [0] };
  }

  /** Null where it is no skip file any more. */
  private async ask(
    name: string,
    path: string,
    { range, probe }: SkipQuestion,
  ): Promise<FileGroups | null> {
    try {
      const skipFile = await this.skipFile(name, path);
      const { groups } = skipFile;
      if (probe === null) return { groups, hits: groups.keys() };
      return {
        groups,
        hits: await skipFile.matching(path, range, (filter) => mayFulfilBits(probe, filter)),
      };
    } catch (error) {
      if (isSpoilt(error)) return null;
      throw error;
    }
  }

  /** It may be another copy that is whole, or become one. */
  private async askAgain(
    file: FileRecord,
    path: string,
    question: SkipQuestion,
    limits: StatementLimits,
  ): Promise<FileGroups | null> {
    this.read.delete(file.name);
    const whole = await this.access.recheck([skipObject(file)], limits).catch(orNull);
    return whole === null ? null : this.ask(file.name, path, question);
  }

  private skipFile(name: string, path: string): Promise<SkipFile> {
    const known = this.read.get(name);
    if (known !== undefined) return known;
    const read = SkipFile.read(path);
    this.read.set(name, read);
    // One that could not be read is tried again.
    read.catch(() => {
      this.read.delete(name);
    });
    return read;
  }
}

/** The storage does not have it, or has other bytes. */
function isLost(error: unknown): boolean {
  return error instanceof ObjectMissingError || error instanceof ObjectCorruptError;
}

function orNull(error: unknown): null {
  if (isLost(error)) return null;
  throw error;
}

function isSpoilt(error: unknown): boolean {
  return (
    error instanceof RangeError || error instanceof SyntaxError || errorCode(error) === 'ENOENT'
  );
}
