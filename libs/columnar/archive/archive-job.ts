import type { PoolClient } from 'pg';
import { MICROS_PER_HOUR, type Clock } from '#event';
import { NOTHING_TO_DO, sealTable, type Job, type JobReport, type RowSegment } from '#store';
import { withScratch } from '../files/scratch.ts';
import { checkPlace } from './check-place.ts';
import { nextClosedTable, nextSealedTable, type SealedTable } from './choose.ts';
import { ArchiveJobError, DutyError, messageOf } from './archive-job-error.ts';
import { dropKeptRows, removeFiles, removeUnfinished } from './clear-away.ts';
import { archiveGivenUp, segmentArchived, tableSealed } from './events.ts';
import { publishFiles } from './file-catalog.ts';
import { applyRetention } from './apply-retention.ts';
import { expireFiles } from './expire-files.ts';
import { makeFiles } from './make-files.ts';
import { mergeNext } from './merge-files.ts';
import { dropReturnedRows } from './return-rows.ts';
import { SetAside, type AsideKind } from './set-aside.ts';
import { VerificationError } from './store-file.ts';
import { StorageRefusedError, StorageUnavailableError } from '../storage/object-storage.ts';
import type { ArchiveParts } from './parts.ts';

/** One thing that the job does, whatever becomes of the others. */
interface Duty {
  /** As in `… failed`. */
  readonly name: string;
  run(client: PoolClient, signal: AbortSignal): Promise<JobReport>;
}

/**
 * Turns closed partitions into columnar files, one table in a run: seal it, write and verify its files, make them
 * count. Merges small files, lets go of files and drops rows whose time is over, and removes files that do not count.
 *
 * What fails does not keep the others from being done; the run fails at its end, once for all. A table or a segment
 * that failed is set aside for a while, so that later ones come before it is tried again.
 */
export function createArchiveJob(parts: ArchiveParts): Job {
  const duties = dutiesOf(parts);
  return {
    name: 'columnar',
    lock: 'columnar',
    intervalMs: 30_000,
    async run(client, signal) {
      let report = NOTHING_TO_DO;
      const failures: DutyError[] = [];
      for (const duty of duties) {
        // Tables are the first to go on with.
        if (duty.name === 'merging' && report.more) continue;
        try {
          const { done, more } = await duty.run(client, signal);
          report = { done: report.done + done, more: report.more || more };
        } catch (error) {
          // What was begun does not count and is removed later.
          if (signal.aborted) return NOTHING_TO_DO;
          failures.push(new DutyError(duty.name, error));
          if (!(await isUsable(client))) break;
        }
      }
      if (failures.length > 0) throw new ArchiveJobError(failures);
      return report;
    },
  };
}

function dutiesOf(parts: ArchiveParts): readonly Duty[] {
  const aside = new SetAside(parts.clock);
  const unfinished = everyHour(parts.clock, (signal) => removeUnfinished(parts, signal));
  return [
    counting('removing unfinished uploads', (_client, signal) => unfinished(signal)),
    counting('removing files', (client, signal) => removeFiles(parts, client, signal)),
    counting('dropping rows', (client, signal) => dropKeptRows(parts, client, signal)),
    counting('dropping returned rows', (client, signal) => dropReturnedRows(parts, client, signal)),
    counting('letting go of files', (client, signal) => expireFiles(parts, client, signal)),
    counting('retention', (client, signal) => applyRetention(parts, client, aside, signal)),
    asking('sealing', (client, signal) => sealNext(parts, client, aside, signal)),
    asking('archiving', (client, signal) => archiveNext(parts, client, aside, signal)),
    asking('merging', (client, signal) => mergeNext(parts, client, aside, signal)),
  ];
}

/** Does all that there is. */
function counting(
  name: string,
  work: (client: PoolClient, signal: AbortSignal) => Promise<number>,
): Duty {
  return {
    name,
    run: async (client, signal) => ({ done: await work(client, signal), more: false }),
  };
}

/** Does one thing; there may be more. */
function asking(
  name: string,
  work: (client: PoolClient, signal: AbortSignal) => Promise<boolean>,
): Duty {
  return {
    name,
    async run(client, signal) {
      const more = await work(client, signal);
      return { done: more ? 1 : 0, more };
    },
  };
}

/** Whether the session goes on after a failure. */
async function isUsable(client: PoolClient): Promise<boolean> {
  return client.query('SELECT 1').then(
    () => true,
    () => false,
  );
}

/** The work at the first run and then once an hour: a look into a bucket costs money. */
function everyHour(clock: Clock, work: (signal: AbortSignal) => Promise<number>) {
  let due = -Infinity;
  return async (signal: AbortSignal): Promise<number> => {
    if (clock() < due) return 0;
    const done = await work(signal);
    due = clock() + MICROS_PER_HOUR;
    return done;
  };
}

/** @returns false: what was sealed is archived by the next duty */
async function sealNext(
  parts: ArchiveParts,
  client: PoolClient,
  aside: SetAside,
  signal: AbortSignal,
): Promise<boolean> {
  const closed = await nextClosedTable(client, parts, aside.ids('seal'));
  if (closed === null) return false;
  await orSetAside(aside, 'seal', closed, () => sealTable(client, closed));
  parts.telemetry.emit(tableSealed, { relation: closed.relation });
  await parts.between('sealed', 0, signal);
  return false;
}

async function archiveNext(
  parts: ArchiveParts,
  client: PoolClient,
  aside: SetAside,
  signal: AbortSignal,
): Promise<boolean> {
  const sealed = await nextSealedTable(client, parts, aside.ids('archive'));
  if (sealed === null) return false;
  return orSetAside(aside, 'archive', sealed, async () => {
    await checkPlace(client, parts.storage);
    try {
      return await archiveTable(parts, client, sealed, signal);
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
      aside.add('archive', sealed.id);
      parts.telemetry.emit(archiveGivenUp, { relation: sealed.relation, reason: error.message });
      return false;
    }
  });
}

/** A table that failed is tried again later; not where the storage is away or refuses, which holds for all tables. */
async function orSetAside<T>(
  aside: SetAside,
  kind: AsideKind,
  { id, relation }: RowSegment,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isOfAll =
      error instanceof StorageUnavailableError || error instanceof StorageRefusedError;
    if (!isOfAll) aside.add(kind, id);
    throw new Error(`${relation}: ${messageOf(error)}`, { cause: error });
  }
}

async function archiveTable(
  parts: ArchiveParts,
  client: PoolClient,
  table: SealedTable,
  signal: AbortSignal,
): Promise<boolean> {
  const { relation } = table;
  const startedMs = performance.now();
  return withScratch(parts.scratch, async (folder) => {
    const files = await makeFiles(parts, client, table, folder, signal);
    const outcome = await publishFiles(client, table, files);
    if (outcome.kind === 'given-up') {
      parts.telemetry.emit(archiveGivenUp, { relation, reason: outcome.reason });
      return false;
    }
    parts.telemetry.emit(segmentArchived, {
      relation,
      files: files.length,
      events: files.reduce((sum, file) => sum + file.events, 0),
      bytes: files.reduce((sum, file) => sum + file.bytes + file.skipBytes, 0),
      seconds: (performance.now() - startedMs) / 1_000,
    });
    await parts.between('published', 0, signal);
    return true;
  });
}
