import type { PoolClient } from 'pg';
import { MICROS_PER_HOUR, type Clock } from '#event';
import { NOTHING_TO_DO, sealTable, type Job } from '#store';
import { withScratch } from '../files/scratch.ts';
import { nextClosedTable, nextSealedTable, type SealedTable } from './choose.ts';
import { dropKeptRows, removeFiles, removeUnfinished } from './clear-away.ts';
import { archiveGivenUp, segmentArchived, tableSealed } from './events.ts';
import { publishFiles } from './file-catalog.ts';
import { applyRetention } from './apply-retention.ts';
import { expireFiles } from './expire-files.ts';
import { makeFiles } from './make-files.ts';
import { mergeNext } from './merge-files.ts';
import { dropReturnedRows } from './return-rows.ts';
import { SetAside } from './set-aside.ts';
import { VerificationError } from './store-file.ts';
import type { ArchiveParts } from './parts.ts';

/**
 * Turns closed partitions into columnar files, one table in a run: seal it, write and verify its files, make them
 * count. Merges small files, lets go of files and drops rows whose time is over, and removes files that do not count.
 */
export function createArchiveJob(parts: ArchiveParts): Job {
  const unfinished = everyHour(parts.clock, (signal) => removeUnfinished(parts, signal));
  const aside = new SetAside(parts.clock);
  return {
    name: 'columnar',
    lock: 'columnar',
    intervalMs: 30_000,
    async run(client, signal) {
      try {
        const cleared =
          (await unfinished(signal)) +
          (await removeFiles(parts, client, signal)) +
          (await dropKeptRows(parts, client, signal)) +
          (await dropReturnedRows(parts, client, signal));
        const expired =
          (await expireFiles(parts, client, signal)) +
          (await applyRetention(parts, client, signal));
        const archived = await archiveNext(parts, client, signal);
        const merged = !archived && (await mergeNext(parts, client, aside, signal));
        return { done: cleared + expired + (archived || merged ? 1 : 0), more: archived || merged };
      } catch (error) {
        // What was begun does not count and is removed later.
        if (signal.aborted) return NOTHING_TO_DO;
        throw error;
      }
    },
  };
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

async function archiveNext(
  parts: ArchiveParts,
  client: PoolClient,
  signal: AbortSignal,
): Promise<boolean> {
  const closed = await nextClosedTable(client, parts);
  if (closed !== null) {
    await sealTable(client, closed);
    parts.telemetry.emit(tableSealed, { relation: closed.relation });
    await parts.between('sealed', 0, signal);
  }
  const sealed = await nextSealedTable(client, parts);
  return sealed !== null && archiveTable(parts, client, sealed, signal);
}

async function archiveTable(
  parts: ArchiveParts,
  client: PoolClient,
  table: SealedTable,
  signal: AbortSignal,
): Promise<boolean> {
  const { relation } = table;
  const startedMs = performance.now();
  try {
    return await withScratch(parts.scratch, async (folder) => {
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
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    parts.telemetry.emit(archiveGivenUp, { relation, reason: error.message });
    return false;
  }
}
