import type { ColumnarReader, SegmentFiles, Window } from '#columnar';
import type { EventPosition, StoredEvent } from '#event';
import { requiredTokens, type Query, type TokenRequirement } from '#query';
import { decodeEvent } from '#store';
import type { EventFilter } from '../event-filter.ts';
import { growth } from '../ordered-scan.ts';
import type { Step } from '../planner.ts';
import { positionAfter, remainder } from '../position.ts';
import type { Found, Scan } from '../scan.ts';
import { columnarFilter } from './columnar-filter.ts';
import { orderedEvents } from './columnar-sql.ts';
import { WindowSlicer } from './window-slicer.ts';

/** Events of the first statement: few where every event matches, some row groups where filters say that they may … */
const FIRST_EVENTS = 4_096;
const FIRST_OF_SKIP_INDEX = 40_960;
/** … and all of them at once where they are few. */
const FIRST_OF_FEW = 163_840;
const MAX_EVENTS = 8_000_000;
/** As many where matches are checked here, for they are held in memory. */
const MAX_CHECKED_EVENTS = 65_536;
/** Stretches of one statement. */
const MAX_WINDOWS = 16;

export interface ColumnarScan {
  readonly scan: Scan;
  readonly query: Query;
  readonly reader: ColumnarReader;
  readonly signal: AbortSignal;
}

/** Reads the files of a step in order, slice by slice; only row groups that may match, by time and filters. */
export async function* scanColumnar(
  context: ColumnarScan,
  step: Step,
): AsyncGenerator<Found, 'complete'> {
  const { scan, query, reader, signal } = context;
  const range = remainder(step, scan.after, scan.order);
  const files = (await reader.filesOf(scan.snapshot, [step.segment])).get(step.segment.id) ?? [];
  const requirement = step.access === 'skip-index' ? requiredTokens(query) : null;
  const limits = { timeoutMs: scan.deadline.statementTimeoutMs, signal };
  const windows = await reader.windows(files, range, requirement, limits);
  const slicer = new WindowSlicer(windows, scan.order);
  const filterOf = columnarFilter(query);
  const most = filterOf(windows).check === null ? MAX_EVENTS : MAX_CHECKED_EVENTS;
  let quota = firstQuota(windows, requirement);
  while (!slicer.done) {
    const slice = slicer.take(Math.min(quota, most), MAX_WINDOWS);
    const filter = filterOf(slice);
    const startedMs = scan.deadline.elapsedMs;
    yield* readSlice(context, files, filter, slice);
    quota = Math.min(quota * growth(scan.deadline.elapsedMs - startedMs), most);
  }
  yield { events: [], upTo: positionAfter(step, scan.order) };
  return 'complete';
}

function firstQuota(windows: readonly Window[], requirement: TokenRequirement | null): number {
  if (requirement === null) return FIRST_EVENTS;
  return windows.length <= MAX_WINDOWS ? FIRST_OF_FEW : FIRST_OF_SKIP_INDEX;
}

/** A slice, in pages where it holds more matches than are wanted. */
async function* readSlice(
  { scan, reader, signal }: ColumnarScan,
  files: SegmentFiles,
  filter: EventFilter,
  slice: readonly Window[],
): AsyncGenerator<Found> {
  const { order, limit, deadline } = scan;
  const first = slice[0];
  const last = slice.at(-1);
  if (first === undefined || last === undefined) return;
  const end = positionAfter({ from: first.from, to: last.to }, order);
  // What is checked here comes whole: a slice is small then.
  const pageRows = filter.check === null ? limit : null;
  let after: EventPosition | null = scan.after;
  for (;;) {
    const position = after === null ? null : { position: after, order };
    const part = { files, windows: slice, filter, after: position };
    const rows = await reader.rows(orderedEvents(part, order, pageRows), {
      timeoutMs: deadline.statementTimeoutMs,
      signal,
    });
    const read: StoredEvent[] = rows.map(decodeEvent);
    const { check } = filter;
    const events = check === null ? read : read.filter((event) => check(event));
    const lastRow = pageRows !== null && read.length === pageRows ? read.at(-1) : undefined;
    if (lastRow === undefined) {
      yield { events, upTo: end };
      return;
    }
    yield { events, upTo: lastRow };
    after = lastRow;
  }
}
