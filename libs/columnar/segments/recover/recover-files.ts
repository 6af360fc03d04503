import { dirname } from 'node:path';
import type { PoolClient } from 'pg';
import { formatTimestamp } from '#event';
import type { Engine, StatementLimits } from '../../duckdb/engine.ts';
import { skipNameOf, type FileRecord } from '../../files/file-record.ts';
import type { ObjectStorage } from '../../storage/object-storage.ts';
import { inspectFile, type FoundFile } from './found-file.ts';
import { LocalCopies } from './local-copies.ts';
import { lookAround, type BrokenSegment } from './look-around.ts';
import { hullOf, publishDay } from './publish-day.ts';
import { countFiles, type CountedRange, type FileCounts } from '../../archive/recount.ts';
import { DayRecovery, filesWithin, type FileOutcome } from './recover-day.ts';

/** Moments at which a crash must lose nothing and count nothing twice. */
export type RecoverStep = 'numbered' | 'taken' | 'recovered';

export interface RecoverParts {
  readonly client: PoolClient;
  readonly storage: ObjectStorage;
  readonly engine: Engine;
  /** An empty folder, with room for the files of a day. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** Gives up files of the catalog that are not in the storage; else their days are left alone. */
  readonly forgetMissing: boolean;
  /** Called after each step. */
  readonly between: (step: RecoverStep) => Promise<void>;
}

/** What was done for a day. */
export type RecoveryReport =
  | { readonly kind: 'recovered'; readonly day: string; readonly files: readonly FileOutcome[] }
  /** Files of the catalog are missing: they may hold the same events. */
  | { readonly kind: 'blocked'; readonly day: string; readonly missing: readonly string[] }
  | { readonly kind: 'unreadable'; readonly name: string };

/**
 * Makes files count of which the catalog does not know: all of them where Postgres was lost, those that were made
 * after its backup where it was restored. Of each file, what lies in no table and in no other file; what is not needed
 * is removed later by the job that makes files. The rollups of those days are counted again.
 */
export async function* recoverFiles(parts: RecoverParts): AsyncGenerator<RecoveryReport> {
  const { client, storage, engine, signal, scratch } = parts;
  const limits: StatementLimits = { timeoutMs: 0, signal };
  await client.query(`SET TimeZone = 'UTC'`);
  // Nobody else writes, merges or removes files, and nobody counts or deletes events.
  for (const lock of ['columnar', 'rollups']) await takeLock(client, lock);
  try {
    const { unknown, broken, held } = await lookAround(client, storage, signal);
    const copies = new LocalCopies(storage, scratch, signal);
    const found: FoundFile[] = [];
    const again = parts.forgetMissing ? broken.flatMap(({ there }) => there) : [];
    for (const name of [...unknown, ...again]) {
      const file = await inspectFile(name, held.has(skipNameOf(name)), copies, engine, limits);
      if (file === null) yield { kind: 'unreadable', name };
      else found.push(file);
      await copies.clear();
    }
    await passNumbers(client, found);
    await parts.between('numbered');
    const days = new Days(parts, copies, limits);
    for (const [day, files, lost] of byDay(found, broken, parts.forgetMissing)) {
      yield await days.recover(day, files, lost);
    }
  } finally {
    await client.query('SELECT pg_advisory_unlock_all()');
  }
}

async function takeLock(client: PoolClient, lock: string): Promise<void> {
  await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`penstock:${lock}`]);
}

/** Groups that are written from now on get numbers that no file holds. */
async function passNumbers(client: PoolClient, found: readonly FoundFile[]): Promise<void> {
  const last = Math.max(0, ...found.map(({ lastGroup }) => lastGroup));
  await client.query(
    `SELECT setval('group_seq', $1) FROM group_seq WHERE last_value < $1::bigint AND $1::bigint > 0`,
    [last],
  );
}

type Day = readonly [day: string, files: readonly FoundFile[], broken: readonly BrokenSegment[]];

function byDay(
  found: readonly FoundFile[],
  broken: readonly BrokenSegment[],
  forgetMissing: boolean,
): readonly Day[] {
  const files = Map.groupBy(found, ({ name }) => dirname(name));
  const lost = Map.groupBy(broken, ({ start }) => start.toISOString().slice(0, 10));
  const days = new Set([...files.keys(), ...(forgetMissing ? lost.keys() : [])]);
  return [...days].sort().map((day) => [day, files.get(day) ?? [], lost.get(day) ?? []]);
}

class Days {
  private readonly parts: RecoverParts;
  private readonly copies: LocalCopies;
  private readonly limits: StatementLimits;

  constructor(parts: RecoverParts, copies: LocalCopies, limits: StatementLimits) {
    this.parts = parts;
    this.copies = copies;
    this.limits = limits;
  }

  async recover(
    day: string,
    found: readonly FoundFile[],
    broken: readonly BrokenSegment[],
  ): Promise<RecoveryReport> {
    const { client, storage, engine, scratch, forgetMissing, between } = this.parts;
    const { copies, limits } = this;
    const missing = broken.flatMap((segment) => segment.missing);
    if (missing.length > 0 && !forgetMissing) return { kind: 'blocked', day, missing };
    const forgotten = broken.map(({ id }) => id);
    const recovery = new DayRecovery({
      client,
      storage,
      engine,
      copies,
      folder: scratch,
      limits,
      forgotten,
    });
    const outcomes: FileOutcome[] = [];
    // Merged files before those that they were made of.
    for (const file of found.toSorted((a, b) => b.events - a.events)) {
      outcomes.push(await recovery.take(file));
    }
    await between('taken');
    const { files, superseded } = recovery;
    const range = await hullOf(client, files, forgotten);
    const counts = range === null ? null : await this.countAll(range, files, forgotten);
    await publishDay(client, { files, superseded, forgotten, missing, range, counts });
    await copies.clear();
    await between('recovered');
    return { kind: 'recovered', day, files: outcomes };
  }

  /** Of the files that lie in a range, with those that are found again. */
  private async countAll(
    range: CountedRange,
    files: readonly FileRecord[],
    forgotten: readonly number[],
  ): Promise<FileCounts> {
    const { client, engine } = this.parts;
    const times = [formatTimestamp(range.start), formatTimestamp(range.end)];
    const beside = await filesWithin(client, times, forgotten);
    const paths: string[] = [];
    for (const { name } of [...beside, ...files]) paths.push(await this.copies.pathOf(name));
    return countFiles(engine, paths, range, this.limits);
  }
}
