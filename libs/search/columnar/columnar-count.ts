import type { ColumnarReader, SegmentFiles, Window } from '#columnar';
import { requiredTokens } from '#query';
import { decodeEvent } from '#store';
import type { Counting } from '../counting.ts';
import type { EventFilter } from '../event-filter.ts';
import type { Piece } from '../piece.ts';
import { addRow, groupBySql } from '../count-rows.ts';
import { ColumnarUnavailableError } from './columnar-unavailable-error.ts';
import { columnarFilter } from './columnar-filter.ts';
import { columnarStatement, EVENT_TEXTS } from './columnar-sql.ts';
import { WindowSlicer } from './window-slicer.ts';

/** Events of one statement: a second or so. */
const STATEMENT_EVENTS = 4_000_000;
const MAX_WINDOWS = 32;

/** Counts the pieces of columnar segments; false where the budget ended it. */
export async function countColumnar(
  counting: Counting,
  pieces: readonly Piece[],
): Promise<boolean> {
  if (pieces.length === 0) return true;
  const { snapshot, query, deadline, signal, columnar: reader } = counting;
  if (reader === null) throw new ColumnarUnavailableError();
  const segments = [...new Set(pieces.map(({ step }) => step.segment))];
  const filesOf = await reader.filesOf(snapshot, segments);
  const filterOf = columnarFilter(query);
  for (const piece of pieces) {
    const { step } = piece;
    const files = filesOf.get(step.segment.id) ?? [];
    const requirement = step.access === 'skip-index' ? requiredTokens(query) : null;
    const limits = { timeoutMs: deadline.statementTimeoutMs, signal };
    const windows = await reader.windows(files, piece, requirement, limits);
    const slicer = new WindowSlicer(windows, 'desc');
    while (!slicer.done) {
      if (deadline.expired) return false;
      const slice = slicer.take(STATEMENT_EVENTS, MAX_WINDOWS);
      await countSlice(counting, reader, files, filterOf(slice), slice);
    }
  }
  return true;
}

async function countSlice(
  counting: Counting,
  reader: ColumnarReader,
  files: SegmentFiles,
  filter: EventFilter,
  windows: readonly Window[],
): Promise<void> {
  const { grouping, tally, deadline, signal } = counting;
  const limits = { timeoutMs: deadline.statementTimeoutMs, signal };
  const part = { files, windows, filter };
  const { check } = filter;
  if (check === null) {
    const keys = grouping.columnarKeys.map((key, at) => `(${key})::VARCHAR AS key_${at}`);
    const select = [...keys, 'count(*)::VARCHAR'].join(', ');
    const statement = columnarStatement(
      part,
      (events) => `SELECT ${select} FROM ${events}${groupBySql(keys.length)}`,
    );
    for (const row of await reader.rows(statement, limits)) addRow(tally, row);
    return;
  }
  const statement = columnarStatement(part, (events) => `SELECT ${EVENT_TEXTS} FROM ${events}`);
  for await (const rows of reader.pages(statement, limits)) {
    signal.throwIfAborted();
    for (const row of rows) {
      const event = decodeEvent(row);
      if (check(event)) tally.add(grouping.keyOf(event), 1);
    }
  }
}
