import type { Batch, LogEvent, Micros } from '#event';
import type { RowSegment, SegmentCatalog } from '../partitions/segment-catalog.ts';

/** The events of a group that lie in one segment. `ordinals[i]` is the ordinal of `events[i]` within the group. */
export interface GroupPart {
  readonly segment: RowSegment;
  readonly events: LogEvent[];
  readonly ordinals: number[];
  minTs: Micros;
  maxTs: Micros;
}

/** What one transaction stores. */
export interface Group {
  readonly events: number;
  readonly parts: readonly GroupPart[];
}

/** Timestamps without a known segment: partitions have to be created first. */
export interface MissingPartitions {
  readonly missing: readonly Micros[];
}

/** Splits the events of some batches by segment. Ordinals count through the group in the order of sending. */
export function splitBySegment(
  batches: readonly Batch[],
  catalog: SegmentCatalog,
): Group | MissingPartitions {
  const parts = new Map<number, GroupPart>();
  const missing: Micros[] = [];
  let ordinal = 0;
  let current: GroupPart | undefined;
  for (const batch of batches) {
    for (const event of batch.events) {
      const { timestamp } = event;
      if (current === undefined || !holds(current.segment, timestamp)) {
        const segment = catalog.find(timestamp);
        if (segment === undefined) {
          missing.push(timestamp);
          continue;
        }
        current = partOf(parts, segment);
      }
      current.events.push(event);
      current.ordinals.push(ordinal++);
      if (timestamp < current.minTs) current.minTs = timestamp;
      if (timestamp > current.maxTs) current.maxTs = timestamp;
    }
  }
  if (missing.length > 0) return { missing };
  return { events: ordinal, parts: [...parts.values()] };
}

function partOf(parts: Map<number, GroupPart>, segment: RowSegment): GroupPart {
  const known = parts.get(segment.id);
  if (known !== undefined) return known;
  const part = { segment, events: [], ordinals: [], minTs: Infinity, maxTs: -Infinity };
  parts.set(segment.id, part);
  return part;
}

function holds(segment: RowSegment, timestamp: Micros): boolean {
  return timestamp >= segment.start && timestamp < segment.end;
}
