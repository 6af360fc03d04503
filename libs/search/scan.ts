import type { EventPosition, StoredEvent } from '#event';
import type { Snapshot } from '#store';
import type { Deadline } from './deadline.ts';
import type { EventFilter } from './event-filter.ts';
import type { Order } from './search-service.ts';

/** What all readers of one answer share. */
export interface Scan {
  readonly snapshot: Snapshot;
  readonly filter: EventFilter;
  readonly order: Order;
  /** Nothing at or before this position is wanted. */
  readonly after: EventPosition | null;
  /** Matches that are wanted at most. */
  readonly limit: number;
  readonly deadline: Deadline;
  /** Units of the first slice (`UNITS_PER_SEGMENT` make a segment). */
  readonly firstUnits: number;
}

/** Some matches in order, and how far the scan has come: everything up to there has been looked at. */
export interface Found {
  readonly events: readonly StoredEvent[];
  readonly upTo: EventPosition;
}
