import { levelRank, MICROS_PER_HOUR, MICROS_PER_MINUTE, type LogEvent, type Micros } from '#event';
import { CopyBuffer } from './copy-buffer.ts';
import type { GroupPart } from './group.ts';

export interface RollupRow {
  /** Start of the minute or of the hour. */
  readonly start: Micros;
  /** The rank of the level. */
  readonly level: number;
  readonly service: string | null;
  /** Of the hours; the minutes count over all. */
  readonly resourceId: string | null;
  count: number;
}

/** Rollup rows of a group; null where it has too many keys, so that a job folds it in later. */
export interface GroupRollups {
  readonly minutes: readonly RollupRow[] | null;
  readonly hours: readonly RollupRow[] | null;
}

/** A group appends rows to a rollup only if they are at most this share of its events. */
const MAX_KEYS_PER_EVENT = 1 / 4;

/**
 * Counts the events of a group by (minute, level, service) and by (hour, service, resourceId, level). The rows hold the
 * texts of the events.
 */
export function rollUp(parts: readonly GroupPart[], events: number): GroupRollups {
  const maxKeys = Math.floor(events * MAX_KEYS_PER_EVENT);
  if (maxKeys === 0) return { minutes: null, hours: null };
  const counts = new RollupCounts(maxKeys, asItIs);
  counts.add(parts, { minutes: true, hours: true });
  return counts;
}

type KeepText = (text: string) => string;

/** Counts of the events of one group or of many, up to a number of rows for each rollup. */
export class RollupCounts implements GroupRollups {
  private readonly services: TextNumbers;
  private readonly resources: TextNumbers;
  private readonly byMinute: Counter;
  private readonly byHour: Counter;

  /** @param keep makes of a text of an event the one that is kept: a copy where rows outlive the events */
  constructor(maxRows: number, keep: KeepText) {
    this.services = new TextNumbers(keep);
    this.resources = new TextNumbers(keep);
    this.byMinute = new Counter(MICROS_PER_MINUTE, maxRows, keep);
    this.byHour = new Counter(MICROS_PER_HOUR, maxRows, keep);
  }

  get minutes(): readonly RollupRow[] | null {
    return this.byMinute.result();
  }

  get hours(): readonly RollupRow[] | null {
    return this.byHour.result();
  }

  add(
    parts: readonly GroupPart[],
    wanted: { readonly minutes: boolean; readonly hours: boolean },
  ): void {
    for (const part of parts) {
      for (const event of part.events) {
        const level = levelRank(event.level);
        const service = this.services.of(event.service);
        if (wanted.minutes) this.byMinute.add(event, service * LEVEL_ROOM + level);
        if (wanted.hours && !this.byHour.overflow) {
          const resource = this.resources.of(event.resourceId);
          this.byHour.add(event, (service * RESOURCE_ROOM + resource) * LEVEL_ROOM + level);
        }
      }
    }
  }
}

const LEVEL_ROOM = 8;
/** More resourceIds than are counted at once. With few services the keys stay small integers, which Maps like. */
const RESOURCE_ROOM = 2 ** 20;

/** Numbers texts in the order of their first appearance; null is 0. */
class TextNumbers {
  private readonly numbers = new Map<string, number>();
  private readonly keep: KeepText;

  constructor(keep: KeepText) {
    this.keep = keep;
  }

  of(text: string | null): number {
    if (text === null) return 0;
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const next = this.numbers.size + 1;
    this.numbers.set(this.keep(text), next);
    return next;
  }
}

/** Counts by (period, key), up to a number of rows. */
class Counter {
  overflow = false;
  private readonly rows: RollupRow[] = [];
  private readonly periods = new Map<Micros, Map<number, RollupRow>>();
  private current = new Map<number, RollupRow>();
  private start = Number.NaN;
  private readonly length: Micros;
  private readonly maxRows: number;
  private readonly keep: KeepText;

  constructor(length: Micros, maxRows: number, keep: KeepText) {
    this.length = length;
    this.maxRows = maxRows;
    this.keep = keep;
  }

  add(event: LogEvent, key: number): void {
    if (this.overflow) return;
    const { timestamp } = event;
    // Neighbouring events nearly always share their period.
    if (!(timestamp >= this.start && timestamp < this.start + this.length)) this.enter(timestamp);
    const row = this.current.get(key);
    if (row !== undefined) row.count++;
    else this.addRow(event, key);
  }

  result(): readonly RollupRow[] | null {
    return this.overflow ? null : this.rows;
  }

  private enter(timestamp: Micros): void {
    this.start = Math.floor(timestamp / this.length) * this.length;
    const known = this.periods.get(this.start);
    this.current = known ?? new Map<number, RollupRow>();
    if (known === undefined) this.periods.set(this.start, this.current);
  }

  private addRow(event: LogEvent, key: number): void {
    if (this.rows.length === this.maxRows) {
      this.overflow = true;
      return;
    }
    const { service, resourceId } = event;
    const row = {
      start: this.start,
      level: levelRank(event.level),
      service: service === null ? null : this.keep(service),
      resourceId: resourceId === null ? null : this.keep(resourceId),
      count: 1,
    };
    this.rows.push(row);
    this.current.set(key, row);
  }
}

function asItIs(text: string): string {
  return text;
}

/** A text of an event may be a slice, which keeps the whole request that it came with in memory. */
export function copyOf(text: string): string {
  return Buffer.from(text).toString();
}

export const MINUTE_COPY =
  'COPY rollup_minute (minute, level, service, events) FROM STDIN (FORMAT binary)';
export const HOUR_COPY =
  'COPY rollup_hour (hour, service, resource_id, level, events) FROM STDIN (FORMAT binary)';

export function minuteRows(rows: readonly RollupRow[]): Buffer {
  const buffer = new CopyBuffer(rows.length * 96);
  for (const { start, level, service, count } of rows) {
    buffer.startRow(4, 18 + 3 * (service?.length ?? 0));
    buffer.timestamp(start);
    buffer.smallint(level);
    buffer.text(service);
    buffer.bigint(count);
  }
  return buffer.finish();
}

export function hourRows(rows: readonly RollupRow[]): Buffer {
  const buffer = new CopyBuffer(rows.length * 96);
  for (const { start, level, service, resourceId, count } of rows) {
    buffer.startRow(5, 18 + 3 * ((service?.length ?? 0) + (resourceId?.length ?? 0)));
    buffer.timestamp(start);
    buffer.text(service);
    buffer.text(resourceId);
    buffer.smallint(level);
    buffer.bigint(count);
  }
  return buffer.finish();
}
