import type { ColumnarReader } from '#columnar';
import type { EventPosition, StoredEvent } from '#event';
import { decodeEvent, type Snapshot } from '#store';
import type { EventFilter } from '../event-filter.ts';
import type { Step } from '../planner.ts';
import { columnarStatement, EVENT_TEXTS } from './columnar-sql.ts';

export interface GroupLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const EVERYTHING: EventFilter = { sql: null, values: [], check: null };

/**
 * The events of some groups that lie in columnar files, in no particular order.
 *
 * @param filter in DuckDB's dialect; its check is left to the caller
 * @param ordinal only this one of each group, or null
 */
export async function readColumnarGroups(
  reader: ColumnarReader | null,
  snapshot: Snapshot,
  groups: readonly number[],
  { filter = EVERYTHING, ordinal = null }: { filter?: EventFilter; ordinal?: number | null },
  limits: GroupLimits,
): Promise<readonly StoredEvent[]> {
  const columnar = snapshot.segments.filter((segment) => segment.engine === 'columnar');
  if (reader === null || columnar.length === 0 || groups.length === 0) return [];
  const [first, last] = [Math.min(...groups), Math.max(...groups)];
  const rows = await snapshot.rows(
    `SELECT DISTINCT segment_id FROM columnar_file
     WHERE segment_id IS NOT NULL AND last_group >= $1 AND first_group <= $2`,
    [first, last],
  );
  const ids = new Set(rows.map(([id]) => Number(id)));
  const filesOf = await reader.filesOf(
    snapshot,
    columnar.filter(({ id }) => ids.has(id)),
  );
  const extra = [
    `group_seq IN (${groups.join(', ')})`,
    ordinal === null ? 'true' : `ordinal = ${ordinal}`,
  ].join(' AND ');
  const found: StoredEvent[] = [];
  for (const files of filesOf.values()) {
    const held = files.filter((file) => file.lastGroup >= first && file.firstGroup <= last);
    const windows = held.map(({ minTs, maxTs }) => ({ from: minTs, to: maxTs + 1 }));
    if (windows.length === 0) continue;
    // Files of a segment meet at single times: each window would find the other's events there.
    const part = { files: held, windows: [hull(windows)], filter, extra };
    const statement = columnarStatement(part, (events) => `SELECT ${EVENT_TEXTS} FROM ${events}`);
    found.push(...(await reader.rows(statement, limits)).map(decodeEvent));
  }
  return found;
}

function hull(windows: readonly { readonly from: number; readonly to: number }[]) {
  return {
    from: Math.min(...windows.map(({ from }) => from)),
    to: Math.max(...windows.map(({ to }) => to)),
  };
}

/** The events at some positions within a columnar step, without those that are not there. */
export async function lookUpColumnar(
  reader: ColumnarReader,
  snapshot: Snapshot,
  step: Pick<Step, 'segment'>,
  positions: readonly EventPosition[],
  limits: GroupLimits,
): Promise<readonly StoredEvent[]> {
  if (positions.length === 0) return [];
  const files = (await reader.filesOf(snapshot, [step.segment])).get(step.segment.id) ?? [];
  const times = positions.map(({ timestamp }) => timestamp);
  const range = { from: Math.min(...times), to: Math.max(...times) + 1 };
  const windows = (await reader.windows(files, range, null, limits)).filter(({ from, to }) =>
    times.some((time) => time >= from && time < to),
  );
  if (windows.length === 0) return [];
  const extra = `group_seq IN (${[...new Set(positions.map(({ groupSeq }) => groupSeq))].join(', ')})
    AND epoch_us(ts) IN (${[...new Set(times)].join(', ')})`;
  const statement = columnarStatement(
    { files, windows, filter: EVERYTHING, extra },
    (events) => `SELECT ${EVENT_TEXTS} FROM ${events}`,
  );
  const wanted = new Set(positions.map(({ groupSeq, ordinal }) => `${groupSeq}-${ordinal}`));
  const rows = await reader.rows(statement, limits);
  return rows
    .map(decodeEvent)
    .filter(({ groupSeq, ordinal }) => wanted.has(`${groupSeq}-${ordinal}`));
}
