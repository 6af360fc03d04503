import type { StoredEvent } from '#event';
import { DUCKDB, requiredTokens, type Query } from '#query';
import { decodeEvent, EVENT_COLUMNS, withSnapshot, type Snapshot } from '#store';
import { candidatesSql, hiddenBoundsSql } from './candidate-sql.ts';
import { orderedEvents } from './columnar/columnar-sql.ts';
import { ColumnarUnavailableError } from './columnar/columnar-unavailable-error.ts';
import { WindowSlicer } from './columnar/window-slicer.ts';
import type { SearchDependencies } from './dependencies.ts';
import { allOf, compileFilter } from './event-filter.ts';
import { handOver } from './hand-over.ts';
import { mergeOrdered } from './merge-ordered.ts';
import { boundsSql, relationSql } from './piece.ts';
import { createPlan, type Step } from './planner.ts';
import { orderSql } from './position.ts';
import type { Order, Selection } from './search-service.ts';
import { stretchesOf } from './stretches.ts';
import { withoutRange } from './time-range.ts';

const ROWS_PER_PAGE = 1_000;
/** Groups of one segment that are read by the skip index; with more of them, everything is read in order. */
const MAX_RANGES = 64;
const MAX_SHARE = 0.25;
/** Events of columnar files that are sorted and held at once. */
const COLUMNAR_EVENTS = 65_536;
const COLUMNAR_WINDOWS = 16;

/** Everything that matches, page by page, from one snapshot; a page is read when the one before has been taken. */
export function exportEvents(
  deps: SearchDependencies,
  selection: Selection,
  order: Order,
  signal: AbortSignal,
): AsyncIterable<readonly StoredEvent[]> {
  return handOver(signal, (innerSignal, give) =>
    withSnapshot(deps.pool, innerSignal, { path: 'ordered', timeoutMs: 0 }, async (snapshot) => {
      const plan = createPlan(selection, order, snapshot.segments);
      const query = withoutRange(selection.query);
      const reading = { deps, snapshot, query, order, signal: innerSignal };
      for (const stretch of stretchesOf(plan.steps)) {
        const readings = stretch.map((step) =>
          step.engine === 'columnar' ? readColumnar(reading, step) : readRows(reading, step),
        );
        for await (const events of mergeOrdered(order, readings)) await give(events);
      }
    }),
  );
}

interface ExportReading {
  readonly deps: SearchDependencies;
  readonly snapshot: Snapshot;
  /** Without what its time terms say already. */
  readonly query: Query;
  readonly order: Order;
  readonly signal: AbortSignal;
}

async function* readRows(
  reading: ExportReading,
  step: Step,
): AsyncGenerator<readonly StoredEvent[]> {
  const { deps, snapshot, query, order } = reading;
  const groups = await groupsOf(deps, snapshot, query, step);
  if (groups === '') return;
  await snapshot.steer(groups === null ? 'ordered' : 'bitmap', 0);
  const filter = compileFilter(query);
  const piece = { ...step, step };
  const bounds = groups === null ? boundsSql(piece) : hiddenBoundsSql(piece);
  const where = allOf([bounds, groups, filter.sql]);
  const sql = `SELECT ${EVENT_COLUMNS} FROM ${relationSql(piece)}${where} ${orderSql(order)}`;
  const { check } = filter;
  for await (const rows of snapshot.pages(sql, filter.values, ROWS_PER_PAGE)) {
    const events = rows.map(decodeEvent);
    yield check === null ? events : events.filter((event) => check(event));
  }
}

/** The groups that may match as a condition, empty where there are none; null where reading in order is better. */
async function groupsOf(
  deps: SearchDependencies,
  snapshot: Snapshot,
  query: Query,
  step: Step,
): Promise<string | null> {
  if (step.access !== 'skip-index') return null;
  const [found] = await deps.skipIndex.find(snapshot, [step], requiredTokens(query));
  if (found === undefined || found.candidates.length > MAX_RANGES) return null;
  if (found.candidateEvents > found.events * MAX_SHARE) return null;
  return candidatesSql(found.candidates);
}

/** Slice by slice, each sorted by itself: files are in order, so nothing larger needs to be held. */
async function* readColumnar(
  { deps, snapshot, query, order, signal }: ExportReading,
  step: Step,
): AsyncGenerator<readonly StoredEvent[]> {
  const { columnar } = deps;
  if (columnar === null) throw new ColumnarUnavailableError();
  const files = (await columnar.filesOf(snapshot, [step.segment])).get(step.segment.id) ?? [];
  const requirement = step.access === 'skip-index' ? requiredTokens(query) : null;
  const windows = await columnar.windows(files, step, requirement, { timeoutMs: 0, signal });
  const slicer = new WindowSlicer(windows, order);
  const filter = compileFilter(query, DUCKDB);
  const { check } = filter;
  while (!slicer.done) {
    const slice = slicer.take(COLUMNAR_EVENTS, COLUMNAR_WINDOWS);
    const statement = orderedEvents({ files, windows: slice, filter }, order, null);
    for await (const rows of columnar.pages(statement, { timeoutMs: 0, signal })) {
      const events = rows.map(decodeEvent);
      yield check === null ? events : events.filter((event) => check(event));
    }
  }
}
