import { LOCKS, lockSql } from '../advisory-locks.ts';
import { SkipFilterBuilder } from '../skip-index/skip-filter-builder.ts';
import { CopyBuffer } from './copy-buffer.ts';
import { appendEvent, EVENT_COLUMNS } from './event-row.ts';
import type { Group, GroupPart } from './group.ts';
import { NEXT_GROUP_STEP } from './group-numbers.ts';
import { HOUR_COPY, hourRows, MINUTE_COPY, minuteRows, type GroupRollups } from './rollup.ts';
import type { ScriptRows, Step } from './script.ts';

/** The statements that store the events of a group. */
export function eventSteps(group: Group, groupSeq: number): readonly Step[] {
  return group.parts.flatMap((part) => piecesOf(part).map((piece) => eventStep(piece, groupSeq)));
}

/** The statements behind the events: what is derived from them, the group's row, and COMMIT. */
export function closingSteps(
  group: Group,
  rollups: GroupRollups,
  groupSeq: number,
): readonly Step[] {
  const derived: Step[] = [];
  if (rollups.minutes) derived.push({ sql: MINUTE_COPY, copy: minuteRows(rollups.minutes) });
  if (rollups.hours) derived.push({ sql: HOUR_COPY, copy: hourRows(rollups.hours) });
  const large = group.parts.filter((part) => part.events.length >= OWN_FILTER_EVENTS);
  const small = group.parts.filter((part) => part.events.length < OWN_FILTER_EVENTS);
  if (small.length > 0) derived.push({ sql: PART_COPY, copy: partRows(small, groupSeq) });
  return [
    ...derived,
    NEXT_GROUP_STEP,
    { sql: lockSql(LOCKS.commitSeq) },
    // Behind the lock, since a filter takes a commit_seq by its default.
    ...(large.length > 0 ? [{ sql: FILTER_COPY, copy: filterRows(large, groupSeq) }] : []),
    { sql: insertGroupSql(group, groupSeq, rollups.minutes !== null, rollups.hours !== null) },
    { sql: 'COMMIT' },
  ];
}

/** The numbers that the last statements of `closingSteps` give back. */
export function closingNumbers(rows: ScriptRows): {
  readonly nextGroupSeq: number;
  readonly commitSeq: number;
} {
  const [next, , inserted] = rows.slice(-3);
  return { nextGroupSeq: Number(next?.[0]), commitSeq: Number(inserted?.[0]) };
}

/** A part of at least so many events writes its own filter; smaller ones wait for the job that joins neighbours. */
export const OWN_FILTER_EVENTS = 500;

const FILTER_COPY =
  'COPY skip_filter (segment_id, first_group, last_group, events, min_ts, max_ts, bits) FROM STDIN (FORMAT binary)';
const PART_COPY =
  'COPY group_part (segment_id, group_seq, events, min_ts, max_ts) FROM STDIN (FORMAT binary)';

/**
 * Most rows of one COPY. Postgres keeps up to 1,000 rows of a binary COPY in slots before it writes them, and each
 * slot pins the table's description in a hash table where all these pins collide: with 600 rows that was an eighth of
 * its work, with 1,000 a quarter (Postgres 18.4). More COPYs cost less, down to about a hundred rows.
 */
const COPY_ROWS = 128;

/** A part cut into pieces of at most `COPY_ROWS` events. */
function piecesOf(part: GroupPart): readonly GroupPart[] {
  const { events, ordinals } = part;
  if (events.length <= COPY_ROWS) return [part];
  return Array.from({ length: Math.ceil(events.length / COPY_ROWS) }, (_, i) => ({
    ...part,
    events: events.slice(i * COPY_ROWS, (i + 1) * COPY_ROWS),
    ordinals: ordinals.slice(i * COPY_ROWS, (i + 1) * COPY_ROWS),
  }));
}

/** COPY goes straight into the partition: routing every row from the parent costs more. */
export function eventStep(part: GroupPart, groupSeq: number): Step {
  return {
    sql: `COPY ${part.segment.relation} (${EVENT_COLUMNS}) FROM STDIN (FORMAT binary)`,
    copy: eventRows(part, groupSeq),
  };
}

function eventRows(part: GroupPart, groupSeq: number): Buffer {
  const { events, ordinals } = part;
  const rows = new CopyBuffer(events.length * 400);
  events.forEach((event, index) => {
    appendEvent(rows, event, groupSeq, ordinals[index] as number);
  });
  return rows.finish();
}

function partRows(parts: readonly GroupPart[], groupSeq: number): Buffer {
  const rows = new CopyBuffer(parts.length * 64);
  for (const { segment, events, minTs, maxTs } of parts) {
    rows.startRow(5, 32);
    rows.integer(segment.id);
    rows.bigint(groupSeq);
    rows.integer(events.length);
    rows.timestamp(minTs);
    rows.timestamp(maxTs);
  }
  return rows.finish();
}

/** Groups are written out one at a time, so they can share the memory. */
const filterBuilder = new SkipFilterBuilder();

function filterRows(parts: readonly GroupPart[], groupSeq: number): Buffer {
  const rows = new CopyBuffer(parts.length * 1024);
  for (const { segment, events, minTs, maxTs } of parts) {
    for (const event of events) filterBuilder.add(event);
    const bits = filterBuilder.build();
    rows.startRow(7, 44 + bits.length);
    rows.integer(segment.id);
    rows.bigint(groupSeq);
    rows.bigint(groupSeq);
    rows.integer(events.length);
    rows.timestamp(minTs);
    rows.timestamp(maxTs);
    rows.bytea(bits);
  }
  return rows.finish();
}

function insertGroupSql(
  group: Group,
  groupSeq: number,
  minuteRollup: boolean,
  hourRollup: boolean,
): string {
  return `INSERT INTO log_group (group_seq, commit_seq, events, minute_rollup, hour_rollup)
VALUES (${groupSeq}, nextval('commit_seq'), ${group.events}, ${minuteRollup}, ${hourRollup}) RETURNING commit_seq`;
}
