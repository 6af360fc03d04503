import type { ColumnarReader } from '#columnar';
import type { Query } from '#query';
import type { Snapshot } from '#store';
import type { Deadline } from './deadline.ts';
import type { EventFilter } from './event-filter.ts';
import type { Grouping } from './grouping.ts';
import type { Plan } from './planner.ts';
import type { Tally } from './tally.ts';

/** What one count works with. */
export interface Counting {
  readonly snapshot: Snapshot;
  readonly plan: Plan;
  /** The query without the times that the plan's range says already. */
  readonly query: Query;
  readonly filter: EventFilter;
  readonly grouping: Grouping;
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
  readonly columnar: ColumnarReader | null;
  readonly tally: Tally;
}
