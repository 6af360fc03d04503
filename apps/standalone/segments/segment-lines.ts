import type { ListedSegment } from '#columnar';
import { formatTimestamp } from '#event';

const WORDS = { rows: 'rows', columnar: 'files', kept: 'rows beside files' } as const;
const HEADINGS = ['id', 'where', 'from', 'to', 'events', 'bytes', 'bytes/event', 'files'];

/** A table of segments for people, a line each, and the sum at the end. */
export function segmentLines(segments: readonly ListedSegment[]): readonly string[] {
  const served = segments.filter(({ engine }) => engine !== 'kept');
  const sum = (pick: (segment: ListedSegment) => number, of = segments): number =>
    of.reduce((total, segment) => total + pick(segment), 0);
  const rows = [
    HEADINGS,
    ...segments.map((segment) => [
      String(segment.id),
      WORDS[segment.engine],
      hour(segment.start),
      hour(segment.end),
      ...figures(segment.events, segment.bytes, segment.files),
    ]),
    [
      '',
      'all',
      '',
      '',
      ...figures(
        sum(({ events }) => events, served),
        sum(({ bytes }) => bytes),
        sum(({ files }) => files),
      ),
    ],
  ];
  const widths = HEADINGS.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => (at < 4 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** A line of JSON for programs. */
export function segmentJson({
  id,
  engine,
  start,
  end,
  events,
  bytes,
  files,
}: ListedSegment): string {
  const times = { from: formatTimestamp(start), to: formatTimestamp(end) };
  return JSON.stringify({ id, engine, ...times, events, bytes, files });
}

function figures(events: number, bytes: number, files: number): string[] {
  const each = events === 0 ? '-' : (bytes / events).toFixed(0);
  return [String(events), String(bytes), each, String(files)];
}

/** Segments begin and end at full hours. */
function hour(micros: number): string {
  return `${formatTimestamp(micros).slice(0, 13)}:00Z`;
}
