import type { ListedSegment } from '#columnar';
import { formatTimestamp, type JsonObject } from '#event';

/** More stretches of time than this are not answered at once. */
export const MOST_STRETCHES = 2_000;

/** Stretches of time, newest first: the table of a day, its files and the tables of its late events are one. */
export function segmentsJson(segments: readonly ListedSegment[]): JsonObject {
  const ranges = Map.groupBy(segments, ({ start, end }) => `${start} ${end}`);
  const all = [...ranges.values()].reverse();
  const stretches = all.slice(0, MOST_STRETCHES).map(stretchOf);
  const sum = (pick: (stretch: Stretch) => number): number =>
    stretches.reduce((total, stretch) => total + pick(stretch), 0);
  return {
    segments: stretches.map((stretch) => ({ ...stretch })),
    events: sum(({ events }) => events),
    bytes: sum(({ bytes }) => bytes),
    more: all.length > MOST_STRETCHES,
  };
}

type Stretch = ReturnType<typeof stretchOf>;

function stretchOf(segments: readonly ListedSegment[]) {
  const files = segments.filter(({ engine }) => engine === 'columnar');
  // The empty table beside files, which waits for late events, takes some 70 kB whatever the day holds.
  const tables = segments.filter(
    ({ engine, events }) => engine !== 'columnar' && (events > 0 || files.length === 0),
  );
  // The events of a table that is kept beside files are in these.
  const events = total(
    segments.filter(({ engine }) => engine !== 'kept'),
    'events',
  );
  const [fileBytes, tableBytes] = [total(files, 'bytes'), total(tables, 'bytes')];
  const bytes = fileBytes + tableBytes;
  const first = segments[0];
  return {
    from: formatTimestamp(first?.start ?? 0),
    to: formatTimestamp(first?.end ?? 0),
    where: whereOf(total(files, 'files'), total(tables, 'events')),
    events,
    bytes,
    bytesPerEvent: events === 0 ? null : Math.round((bytes / events) * 10) / 10,
    files: total(files, 'files'),
    fileBytes,
    tableBytes,
  };
}

function whereOf(files: number, rows: number): 'files' | 'rows' | 'both' {
  if (files === 0) return 'rows';
  return rows === 0 ? 'files' : 'both';
}

function total(segments: readonly ListedSegment[], figure: 'events' | 'bytes' | 'files'): number {
  return segments.reduce((sum, segment) => sum + segment[figure], 0);
}
