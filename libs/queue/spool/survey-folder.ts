import type { Telemetry } from '#telemetry';
import { tailTruncated } from './events.ts';
import { parseSegmentName, surveySegment, type Segment } from './segment.ts';
import type { SpoolFolder } from './spool-folder.ts';

/** What an earlier run left in the folder. */
export interface FolderSurvey {
  /** Oldest first. */
  readonly segments: readonly Segment[];
  /** Of all segments, those that were set aside included. */
  readonly bytes: number;
  /** Number of the next segment. */
  readonly nextNumber: number;
}

/**
 * Counts what is in the folder. What a crash left half written at the end of the last segment is cut off: its sync had
 * not ended, so nothing of it was acknowledged. Rejects where the folder cannot be listed or changed; a segment that
 * cannot be read is left to the drain, which sets it aside.
 */
export async function surveyFolder(
  folder: SpoolFolder,
  telemetry: Telemetry,
): Promise<FolderSurvey> {
  const files = (await folder.list()).flatMap(({ name, bytes }) => {
    const parsed = parseSegmentName(name);
    return parsed === null ? [] : [{ name, bytes, ...parsed }];
  });
  const last = Math.max(0, ...files.map(({ number }) => number));
  const segments: Segment[] = [];
  for (const { name, bytes, number, isSetAside } of files.sort((a, b) => a.number - b.number)) {
    if (isSetAside) continue;
    const content = await readable(folder, name);
    if (content === null) {
      segments.push({ name, bytes, batches: 0, oldest: null });
      continue;
    }
    const { batches, oldest, end } = surveySegment(content);
    const torn = number === last ? content.length - end : 0;
    if (torn > 0) telemetry.emit(tailTruncated, { segment: name, bytes: torn });
    const whole = content.length - torn;
    if (whole === 0) await folder.remove(name);
    else if (torn > 0) await folder.truncate(name, whole);
    if (whole > 0) segments.push({ name, bytes: whole, batches, oldest });
  }
  await folder.sync();
  const setAside = files.filter(({ isSetAside }) => isSetAside);
  const bytes = [...segments, ...setAside].reduce((sum, file) => sum + file.bytes, 0);
  return { segments, bytes, nextNumber: last + 1 };
}

async function readable(folder: SpoolFolder, name: string): Promise<Buffer | null> {
  try {
    return await folder.read(name);
  } catch {
    return null;
  }
}
