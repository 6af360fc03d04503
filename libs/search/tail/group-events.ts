import type { Pool } from 'pg';
import type { ColumnarReader } from '#columnar';
import type { StoredEvent } from '#event';
import { DUCKDB, type Query } from '#query';
import {
  decodeEvent,
  EVENT_COLUMNS,
  placesOfGroups,
  withSnapshot,
  type CommittedGroup,
  type GroupPlace,
  type Segment,
  type Snapshot,
} from '#store';
import { readColumnarGroups } from '../columnar/columnar-groups.ts';
import { allOf, compileFilter, type EventFilter } from '../event-filter.ts';
import { timeSql } from '../position.ts';

const STATEMENT_TIMEOUT_MS = 30_000;
/** Groups whose events lie this close together in time are found by the index on time, without BRIN's lag. */
const NARROW_MICROS = 60_000_000;

/** A committed group with those of its events that pass the filter, by ordinal. */
export interface GroupEvents {
  readonly commitSeq: number;
  readonly events: readonly StoredEvent[];
}

/** Where the events of groups lie: those that a tail resumes from may be in files by now. */
export interface GroupSource {
  readonly pool: Pool;
  readonly columnar: ColumnarReader | null;
}

/** Reads the events of some groups, in the order of their commits. Groups without matches are there too. */
export async function readGroupEvents(
  { pool, columnar }: GroupSource,
  groups: readonly CommittedGroup[],
  query: Query,
  signal: AbortSignal,
): Promise<readonly GroupEvents[]> {
  const numbers = groups.map((group) => group.groupSeq);
  const start = { path: 'bitmap', timeoutMs: STATEMENT_TIMEOUT_MS } as const;
  const events = await withSnapshot(pool, signal, start, async (snapshot) => {
    const places = await placesOfGroups(snapshot, Math.min(...numbers), Math.max(...numbers));
    const rows = await readRows(snapshot, places, numbers, compileFilter(query));
    const filter = compileFilter(query, DUCKDB);
    const limits = { timeoutMs: STATEMENT_TIMEOUT_MS, signal };
    const read = await readColumnarGroups(columnar, snapshot, numbers, { filter }, limits);
    const { check } = filter;
    return [...rows, ...(check === null ? read : read.filter((event) => check(event)))];
  });
  const byGroup = Map.groupBy(events, (event) => event.groupSeq);
  return groups.map(({ groupSeq, commitSeq }) => ({
    commitSeq,
    events: (byGroup.get(groupSeq) ?? []).sort((a, b) => a.ordinal - b.ordinal),
  }));
}

async function readRows(
  snapshot: Snapshot,
  places: readonly GroupPlace[],
  groups: readonly number[],
  filter: EventFilter,
): Promise<StoredEvent[]> {
  const segments = new Map(snapshot.segments.map((segment) => [segment.id, segment]));
  const arms = places.flatMap((place) => {
    const segment = segments.get(place.segmentId);
    return segment?.engine === 'rows' ? [armSql(segment, place, groups, filter)] : [];
  });
  if (arms.length === 0) return [];
  const rows = await snapshot.rows(arms.join(' UNION ALL '), filter.values);
  return rows.map(decodeEvent);
}

function armSql(
  segment: Segment,
  place: GroupPlace,
  groups: readonly number[],
  filter: EventFilter,
): string {
  const narrow = place.maxTs - place.minTs <= NARROW_MICROS;
  const exact = `group_seq = ANY('{${groups.join(',')}}'::bigint[])`;
  const near = narrow
    ? `ts >= ${timeSql(place.minTs)} AND ts <= ${timeSql(place.maxTs)}`
    : `group_seq BETWEEN ${Math.min(...groups)} AND ${Math.max(...groups)}`;
  const where = allOf([near, `(${exact}) IS TRUE`, filter.sql]);
  return `(SELECT ${EVENT_COLUMNS} FROM "${segment.relation}"${where})`;
}
